// k6 run ops/k6/homepage.js -e URL=https://shop.example: the same users and aims as `npm run load`.
import { check, sleep } from 'k6';
import http from 'k6/http';
import { Rate } from 'k6/metrics';

const hits = new Rate('cache_hits');

export const options = {
  vus: 100,
  duration: '5m',
  thresholds: {
    http_req_duration: ['p(50)<250', 'p(95)<500', 'p(99)<800'],
    http_req_failed: ['rate<0.01'],
    cache_hits: ['rate>0.8'],
  },
};

export default function homepage() {
  const response = http.get(`${__ENV.URL || 'http://localhost:5000'}/api/v1/homepage`);
  check(response, { 'status is 200': ({ status }) => status === 200 });
  if (response.status === 200) hits.add(response.json('data.metadata.fromCache') === true);
  sleep(1);
}
