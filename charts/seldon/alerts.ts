import { down, type RuleGroup, type Source } from '../../lib/graph/alert';

export const seldonRules = (source: Source): RuleGroup[] => [
  {
    name: 'seldon',
    rules: [down('SeldonOperatorDown', source, "Seldon's operator does not answer.", 'Changes of models are refused.')],
  },
];
