import { services } from '../../charts/services';
import type { ServiceDeclaration } from '../../lib/service/declaration';
import { wordsBelow } from '../support/words';

/** Names that are ordinary words too. */
const ordinary = ['models', 'credentials', 'node', 'base', 'gateway'];

/** What lib/ may say as an example of what a user writes, by file. */
const examples: readonly string[] = [
  "config/sections/exposure.ts: 'mlflow.example.org'",
  "config/sections/exposure.ts: 'mlflow-tls'",
  "config/sections/installable.ts: 'mlflow-login'",
  'config/sections/charts.ts: }, or an object with one of them for each service (write e.g. { kafka: "upstream" })`',
];

/** Names of protocols: a service may be called like the one that it speaks. */
const protocols: readonly string[] = ["checks/cluster-addresses.ts: 'redis'", "checks/cluster-addresses.ts: 'amqp'"];

/** `SeldonDeployment`, `seldon-deployment` and `SELDON_DEPLOYMENT` are the same name. */
const withoutCase = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Names of services, of the images, operators and Helm charts that they are made of. */
function namesOf({ name, images = {}, charts = {}, operator }: ServiceDeclaration): string[] {
  return [
    ...[name, operator?.program ?? name],
    ...Object.entries(images).flatMap(([key, { repository }]) => [key, repository.split('/').at(-1) ?? key]),
    ...Object.values(charts).flatMap(({ bundled, original }) => [bundled, original.name]),
  ].filter((each) => each.length > 2 && !ordinary.includes(each));
}

const names = new Set(services.flatMap((service: ServiceDeclaration) => namesOf(service)).map(withoutCase));

const words = wordsBelow('lib');

/** Where lib/ says one of these names. */
const mentionsOf = (searched: ReadonlySet<string>): string[] =>
  words.filter((place) => {
    const word = withoutCase(place.slice(place.indexOf(': ')));
    return [...searched].some((name) => word.includes(name));
  });

const mentions = mentionsOf(names);
const allowed = [...examples, ...protocols];

test('no code of lib/ names a service, a program or a chart of one, but for examples of what a user writes', () => {
  expect(names.size).toBeGreaterThan(services.length);
  expect(mentions.filter((mention) => !allowed.includes(mention))).toEqual([]);
});

test('every one of those examples is still there', () => {
  expect(examples.filter((example) => !mentions.includes(example))).toEqual([]);
});

test('a service may be called like a protocol whose addresses are checked', () => {
  const named = mentionsOf(new Set(['redis', 'amqp']));
  expect(named.toSorted()).toEqual(protocols.toSorted());
});
