import type { GoldenTopic } from './topic.js';
import { augmentBatch } from './topics/augment_batch.js';
import { augmentBlur } from './topics/augment_blur.js';
import { augmentColor } from './topics/augment_color.js';
import { augmentGeometry } from './topics/augment_geometry.js';
import { augmentMaeMasking } from './topics/augment_mae_masking.js';
import { augmentTone } from './topics/augment_tone.js';
import { barlowTwinsTopic } from './topics/barlow_twins.js';
import { byolTopic } from './topics/byol.js';
import { data2vecTopic } from './topics/data2vec.js';
import { dinoTopic } from './topics/dino.js';
import { evalAlignUniformTopic } from './topics/eval_align_uniform.js';
import { evalAlphaReqTopic } from './topics/eval_alpha_req.js';
import { evalClustersTopic } from './topics/eval_clusters.js';
import { evalKnnTopic } from './topics/eval_knn.js';
import { evalLidarTopic } from './topics/eval_lidar.js';
import { evalLinearProbeTopic } from './topics/eval_linear_probe.js';
import { evalSpectrumTopic } from './topics/eval_spectrum.js';
import { opsCovarianceTopic } from './topics/ops_covariance.js';
import { opsEmaTopic } from './topics/ops_ema.js';
import { opsNormaliseTopic } from './topics/ops_normalise.js';
import { opsSinkhornTopic } from './topics/ops_sinkhorn.js';
import { optimAdamw } from './topics/optim_adamw.js';
import { optimLars } from './topics/optim_lars.js';
import { optimSchedules } from './topics/optim_schedules.js';
import { optimSgd } from './topics/optim_sgd.js';
import { simclrTopic } from './topics/simclr.js';
import { simsiamTopic } from './topics/simsiam.js';
import { swavTopic } from './topics/swav.js';
import { trajectoryBarlowTwinsTopic } from './topics/trajectory_barlow_twins.js';
import { trajectoryByolTopic } from './topics/trajectory_byol.js';
import { trajectoryDinoTopic } from './topics/trajectory_dino.js';
import { trajectorySimclrTopic } from './topics/trajectory_simclr.js';
import { trajectorySimsiamTopic } from './topics/trajectory_simsiam.js';
import { trajectorySwavTopic } from './topics/trajectory_swav.js';
import { trajectoryVicregTopic } from './topics/trajectory_vicreg.js';
import { vicregTopic } from './topics/vicreg.js';
import { vicregDialectsTopic } from './topics/vicreg_dialects.js';

/**
 * Every topic that can be run. A new topic is a file in `topics/` that exports one `GoldenTopic`, and one import and one entry here;
 * golden files of a topic that is not in this table are an error.
 */
export const topics: readonly GoldenTopic[] = [
  vicregTopic,
  vicregDialectsTopic,
  barlowTwinsTopic,
  swavTopic,
  byolTopic,
  simsiamTopic,
  dinoTopic,
  data2vecTopic,
  simclrTopic,
  opsCovarianceTopic,
  opsNormaliseTopic,
  opsEmaTopic,
  opsSinkhornTopic,
  optimSgd,
  optimAdamw,
  optimLars,
  optimSchedules,
  augmentGeometry,
  augmentColor,
  augmentTone,
  augmentBlur,
  augmentBatch,
  augmentMaeMasking,
  evalAlignUniformTopic,
  evalAlphaReqTopic,
  evalClustersTopic,
  evalKnnTopic,
  evalLidarTopic,
  evalLinearProbeTopic,
  evalSpectrumTopic,
  trajectoryBarlowTwinsTopic,
  trajectoryByolTopic,
  trajectoryDinoTopic,
  trajectorySimclrTopic,
  trajectorySimsiamTopic,
  trajectorySwavTopic,
  trajectoryVicregTopic,
];
