// Joins with the real browser SDK in Chromium, publishes and renames itself without media, and prints what it saw as
// JSON: `publish.mjs URL TOKEN v0|v1`.
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
const saw = await page.evaluate(async ([url, token, path]) => {
  const room = new LivekitClient.Room(path === 'v0' ? { singlePeerConnection: false } : {});
  const joined = new Promise((resolve) => room.once(LivekitClient.RoomEvent.SignalConnected, resolve));
  room.connect(url, token, { rtcConfig: { iceTransportPolicy: 'relay' } }).catch(() => undefined);
  await joined;
  const me = room.localParticipant;
  const said = async (work) => {
    try {
      return await work;
    } catch (error) {
      return `refused: ${error.message}`;
    }
  };
  const track = await said(room.engine.addTrack({ cid: `cid-${Math.random()}`, name: 'cam', type: 1, source: 1 }));
  const named = await said(me.setName('Ann B.').then(() => 'done'));
  return {
    me: me.sid, identity: me.identity, others: [...room.remoteParticipants.keys()].sort(),
    track: track.sid ?? track, type: track.type, name: named,
  };
}, [url, token, path]);
console.log(JSON.stringify(saw));
await browser.close();
server.close();
