import { down, from, type RuleGroup, type Source } from '../../lib/graph/alert';

export const istioRules = (source: Source): RuleGroup[] => [
  {
    name: 'istio',
    rules: [
      down('IstiodDown', source, "Istio's control plane does not answer.", 'Routes of new models reach no gateway.'),
      {
        alert: 'IstioRootCertificateExpiring',
        expr: `citadel_server_root_cert_expiry_timestamp{${from(source)}} - time() < 30 * 86400`,
        for: '1h',
        severity: 'warning',
        summary: "Istio's root certificate ends soon.",
        description:
          'It ends in {{ $value | humanizeDuration }}; istiod and its gateways then trust each other no more.',
      },
    ],
  },
];
