#!/bin/sh
# A first look at lksig, with a real server (the embedded one, on a free port). `make demo` runs it.
#
# At a terminal it opens the prompt, with three lines of what to try. Elsewhere it is a tour: each command is shown, then
# what it prints; it stops at the first one that does not end as it should. `make demo | cat` plays it at a terminal.
set -eu

work=$(mktemp -d)
touch "$work/server" "$work/bob"
server='' bob=''
clean_up() {
    for process in $bob $server; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# patiently MESSAGE COMMAND…: try a command until it succeeds; after ten seconds give up with a message.
patiently() {
    message=$1 tries=200
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "demo: $message" >&2; cat "$work"/*.err >&2; exit 1; }
        sleep 0.05
    done
}

say() { printf '\n# %s\n' "$*"; }

# show EXIT COMMAND…: print the command, run it, and insist on how it ends.
show() {
    wanted=$1
    shift
    printf '$'
    for word in "$@"; do
        case $word in *[!A-Za-z0-9_./:=+%-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    code=0
    "$@" 2>&1 || code=$?
    [ "$code" -eq 0 ] || printf '(exit %d)\n' "$code"
    if [ "$code" -ne "$wanted" ]; then
        echo "demo: that was expected to end with $wanted" >&2
        exit 1
    fi
}

# Read by lksig, as the lk tool does.
LIVEKIT_API_KEY=devkey
LIVEKIT_API_SECRET=secret
export LIVEKIT_API_KEY LIVEKIT_API_SECRET
unset LIVEKIT_TOKEN

[ -t 0 ] && [ -t 1 ] ||
    say 'An embedded signaling server on a free port; alice is simulated, bob is a second lksig that listens'
lksig serve --port 0 --with alice >"$work/server" 2>"$work/server.err" &
server=$!
patiently 'the server does not listen' grep -q '^listening ' "$work/server"
LIVEKIT_URL=$(sed -n '1s/^listening //p' "$work/server")
export LIVEKIT_URL

if [ -t 0 ] && [ -t 1 ]; then
    echo 'Try:  add_track cid=cam1 type=VIDEO  then  mute sid=%cam1 muted=true  (Tab offers what fits)'
    echo 'Look: /show 1  /state  /latency  /help. Be somebody else as well: /use bob'
    echo 'Ctrl-R finds lines typed before, Ctrl-C clears this one, Ctrl-D leaves.'
    lksig connect --room standup --identity probe --grant canUpdateOwnMetadata=true
    exit
fi

echo "$ lksig serve --port 0 --with alice"
head -n 1 "$work/server"
lksig listen --room standup --identity bob >"$work/bob" 2>"$work/bob.err" &
bob=$!
patiently 'bob could not join' grep -q ' < join ' "$work/bob"

say 'Join and listen: what does the server tell a participant first?'
show 0 lksig listen --room standup --identity probe -n 2

say 'Publish a camera, mute it by the sid the server gave it, and take a name'
show 0 lksig send --room standup --identity probe --grant canUpdateOwnMetadata=true \
    add_track cid=cam1 name=cam type=VIDEO source=CAMERA \
    mute sid=%cam1 muted=true \
    update_metadata 'name=Ann B.' attributes.lk.mood=ok

say 'A request that the server refuses: exit 1, and why'
show 1 lksig send --room standup --identity probe mute sid=TR_nope muted=true

say 'Most requests succeed in silence; a fence tells in a millisecond that nobody objected'
show 0 lksig send --room standup --identity probe track_setting track_sids+=TR_x disabled=true

say 'A typo is shown before anything is sent'
show 2 lksig send --room standup --identity probe add_track cid=cam1 type=VIDOE

say 'Leaving is a request too'
show 0 lksig send --room standup --identity probe leave reason=CLIENT_INITIATED

say 'The same as JSON lines, for jq and friends'
show 0 lksig send --room standup --identity probe --json --filter track_published add_track cid=mic1 type=AUDIO

say 'What bob saw of all this'
kill -INT "$bob" 2>/dev/null || true
wait "$bob" 2>/dev/null || true
bob=''
grep ' < update .*probe' "$work/bob"

say 'And every case explains itself'
show 0 lksig schema mute
