// Joins with the real browser SDK in Chromium: `page.mjs URL TOKEN v0|v1`. How it ends does not matter.
import fs from 'node:fs';
import http from 'node:http';
import { chromium } from 'playwright-core';

const [url, token, path] = process.argv.slice(2);
const sdk = fs.readFileSync(new URL('node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url));
const server = http.createServer((request, response) => {
  const isSdk = request.url === '/sdk.js';
  response.setHeader('content-type', isSdk ? 'text/javascript' : 'text/html');
  response.end(isSdk ? sdk : '<script src=/sdk.js></script>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args });
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.evaluate(async ([url, token, path]) => {
  const options = path === 'v0' ? { singlePeerConnection: false } : {};
  await new LivekitClient.Room(options).connect(url, token).catch(() => undefined);
}, [url, token, path]);
await browser.close();
server.close();
