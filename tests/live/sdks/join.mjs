// Joins with the real Node SDK: `join.mjs URL TOKEN v0|v1`. How it ends does not matter.
import { Room, dispose } from '@livekit/rtc-node';

const [url, token, path] = process.argv.slice(2);
const options = { autoSubscribe: true, dynacast: false };
if (path === 'v0') options.singlePeerConnection = false;
await new Room().connect(url, token, options).catch(() => undefined);
await dispose();
process.exit(0);
