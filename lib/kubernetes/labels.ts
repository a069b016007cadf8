/** Label on every object: the platform that it belongs to. By it alone `kubectl get` finds all of a platform. */
export const platformLabel = 'mlops-infra/platform';

/** Label on every object of an original Helm chart: which one, and in which version. */
export const chartLabel = 'mlops-infra/chart';
