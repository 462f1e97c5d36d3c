export { vicreg, type VicregBranch, type VicregLoss, type VicregOptions } from './vicreg.js';
export { vicregDialects, type VicregConventions, type VicregDialect, type VicregWeights } from './vicreg-dialects.js';
export { barlowTwins, type BarlowTwinsLoss, type BarlowTwinsOptions } from './barlow-twins.js';
export { swav, swavFromEmbeddings, type SwavLoss, type SwavOptions } from './swav.js';
export { emptyQueue, pushed, queueIsFull, type EmbeddingQueue } from './embedding-queue.js';
export { byol, type ByolLoss, type ByolOptions } from './byol.js';
export { negativeCosine, simsiam, type NegativeCosineOptions, type SimsiamLoss } from './simsiam.js';
export { dino, type DinoLoss, type DinoOptions } from './dino.js';
export {
  data2vec,
  data2vecWarnings,
  type Data2vecFloors,
  type Data2vecLoss,
  type Data2vecOptions,
} from './data2vec.js';
export { data2vecTargets, type Data2vecTargetOptions } from './data2vec-targets.js';
export { ntXent, type NtXentLoss, type NtXentOptions } from './nt-xent.js';
