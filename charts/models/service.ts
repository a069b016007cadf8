import { declareService } from '../../lib/service/declaration';
import { built, facts } from '../../lib/images/declared';
import { modelKeys } from './config';
import { modelNeeds, modelRules } from './rules';

export default declareService({
  name: 'models',
  config: { model: modelKeys },
  rules: modelRules,
  needs: modelNeeds,
  images: {
    /** Built here, from the detector's source: Seldon's own initializers read no registry. */
    modelInitializer: built('mlops-infra/model-initializer', '0.1.0', facts('MIT', 'unknown'), {
      folder: 'programs/model-initializer',
      context: '.',
    }),
  },
});
