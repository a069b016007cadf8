import postgresql from '../../../charts/postgresql/service';
import { finds } from '../../lib/checks/faults';

finds(
  'PostgreSQL',
  ['postgres', 'postgresql', 'postgresql+asyncpg'].map((scheme) => [
    `the address of a server that is not there, of the scheme ${scheme}`,
    (draft) => draft.container.env.push({ name: 'DSN', value: `${scheme}://bd:5432/rows` }),
    'Deployment/mlops-web/web: spec.template.spec.containers.0.env.2.value has the address bd, which leads to no Service (add Service bd to mlops-web or correct the address)',
  ]),
  [postgresql],
);
