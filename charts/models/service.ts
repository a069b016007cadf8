import { declareService } from '../../lib/config/declaration';
import { built, facts } from '../../lib/images/declared';
import { modelKeys } from './config';
import { modelNeeds, modelRules } from './rules';

export default declareService({
  name: 'models',
  config: { model: modelKeys },
  rules: modelRules,
  needs: modelNeeds,
  images: {
    /** Ours, with a program of the detector's: Seldon's own reads no registry. */
    modelInitializer: built('mlops-infra/model-initializer', '0.1.0', facts('MIT', 'unknown'), {
      folder: 'programs/model-initializer',
      context: '.',
    }),
  },
});
