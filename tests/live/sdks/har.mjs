// Joins with the real browser SDK in Chromium while Playwright records a HAR, and beside it what DevTools would export
// of the sockets: `har.mjs URL TOKEN v0|v1 PLAYWRIGHT.har DEVTOOLS.har`.
import fs from 'node:fs';
import http from 'node:http';
import { chromium } from 'playwright-core';

const [url, token, path, recorded, devtools] = process.argv.slice(2);
const sdk = fs.readFileSync(new URL('node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url));
const server = http.createServer((request, response) => {
  const isSdk = request.url === '/sdk.js';
  response.setHeader('content-type', isSdk ? 'text/javascript' : 'text/html');
  response.end(isSdk ? sdk : '<script src=/sdk.js></script>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args });
const context = await browser.newContext({ recordHar: { path: recorded, content: 'embed' } });
const page = await context.newPage();

// DevTools' layout, from the events that its own panel is made of: frame times are seconds on a monotonic clock.
const entries = new Map();
const cdp = await context.newCDPSession(page);
await cdp.send('Network.enable');
cdp.on('Network.webSocketCreated', ({ requestId, url }) => entries.set(requestId, {
  _initiator: { type: 'script' }, _resourceType: 'websocket',
  request: { method: 'GET', url, headers: [], queryString: [], cookies: [] },
  response: { status: 0, headers: [], content: {} }, startedDateTime: '', time: 0, _webSocketMessages: [],
}));
cdp.on('Network.webSocketWillSendHandshakeRequest', ({ requestId, timestamp, wallTime }) => {
  const entry = entries.get(requestId);
  entry.ahead = wallTime - timestamp;
  entry.startedDateTime = new Date(wallTime * 1000).toISOString();
});
cdp.on('Network.webSocketHandshakeResponseReceived', ({ requestId, response }) => {
  entries.get(requestId).response.status = response.status;
});
const frame = (type) => ({ requestId, timestamp, response }) => {
  const entry = entries.get(requestId);
  entry._webSocketMessages.push({
    type, time: timestamp + entry.ahead, opcode: response.opcode, data: response.payloadData,
  });
};
cdp.on('Network.webSocketFrameSent', frame('send'));
cdp.on('Network.webSocketFrameReceived', frame('receive'));

await page.goto(`http://127.0.0.1:${server.address().port}/`);
const said = await page.evaluate(async ([url, token, path]) => {
  // It does not begin anew when the server takes its socket: what it says then reaches nobody but the HAR.
  const reconnectPolicy = { nextRetryDelayInMs: () => null };
  const room = new LivekitClient.Room({ reconnectPolicy, ...(path === 'v0' && { singlePeerConnection: false }) });
  const joined = new Promise((resolve) => room.once(LivekitClient.RoomEvent.SignalConnected, resolve));
  room.connect(url, token, { rtcConfig: { iceTransportPolicy: 'relay' } }).catch(() => undefined);
  await joined;
  const said = (work) => work.then(() => 'done', (error) => `refused: ${error.message}`);
  await said(room.engine.addTrack({ cid: 'cam-of-the-har', name: 'cam', type: 1, source: 1 }));
  const named = await said(room.localParticipant.setName('Ann B.'));
  // A second socket of the same participant, as after a change of networks. The SDK itself resumes only with media.
  const resume = `protocol=16&reconnect=1&sid=${room.localParticipant.sid}`;
  const socket = new WebSocket(`${url}/rtc?access_token=${token}&${resume}`);
  await new Promise((resolve) => {
    socket.onmessage = resolve;
    setTimeout(resolve, 3000);
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  socket.close();
  return named;
}, [url, token, path]);
await page.waitForTimeout(300);
const log = { version: '1.2', creator: { name: 'WebInspector', version: '537.36' }, pages: [] };
log.entries = [...entries.values()].map(({ ahead, ...entry }) => entry);
fs.writeFileSync(devtools, JSON.stringify({ log }, null, 2));
await context.close();
await browser.close();
server.close();
console.log(said);
