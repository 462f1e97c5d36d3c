import { describeEmbeddedGoldens } from './embedded-suite.js';

describeEmbeddedGoldens('cpu');
