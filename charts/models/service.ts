import { built, facts } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { exampleModel, modelKeys } from './config';
import { modelNeeds, modelRules } from './rules';
import { servedBy, type Served } from './served';

export default declareService({
  name: 'models',
  offered: true,
  config: { model: modelKeys },
  exampleModel,
  rules: modelRules,
  needs: modelNeeds,
  ownImages: ({ models }: { readonly models: readonly Served[] }) =>
    models.flatMap(servedBy).flatMap(({ image }) => image ?? []),
  images: {
    /** Built here, from the detector's source: Seldon's own initializers read no registry. */
    modelInitializer: built('mlops-infra/model-initializer', '0.1.0', facts('MIT', 'unknown'), {
      folder: 'programs/model-initializer',
      context: '.',
    }),
  },
});
