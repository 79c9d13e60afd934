# Completion of lksig for PowerShell 5.1 and newer: `lksig completions install powershell`, or dot-source this file in
# $PROFILE. Made by `make docs`; nothing here starts lksig. Entries are a word and its meaning, one after the other.

$lksigCommands = @('connect', 'Join, and send what is typed: one line, one request, and commands that…', 'send', 'Join, send requests, wait for the answers, leave', 'listen', 'Join and print every message until told to stop', 'record', 'Join, print every message, and write the session into FILE', 'show', 'Show a recording as ''listen'' showed the session', 'replay', 'Play a recording again: on the screen, to a server, or as a server', 'diff', 'Compare two recordings: exit 0 when they say the same, 1 when not', 'import', 'Make a recording of a HAR, or of lines of hex or base64', 'export', 'Turn a recording into another kind of file', 'redact', 'Clean a recording: secrets are overwritten in place, so that it shows…', 'decode', 'Decode one frame, join_request, /rtc URL or token', 'encode', 'Encode requests (or responses) without sending them, one line each', 'schema', 'Look up the protocol: its cases, messages, fields and enum values…', 'serve', 'Serve /rtc and /rtc/v1 as a LiveKit server does, without media, and…', 'completions', 'Print or install completion for a shell: commands, options, cases…')
$lksigRoot = @('--version', 'Print the version and exit')
$lksigCases = @('offer', 'Offers a session description for the publisher peer connection', 'answer', 'Answers an ''offer'' of the server, for the subscriber peer connection', 'trickle', 'Passes on one ICE candidate of the client', 'add_track', 'Announces a media track; the media follows over the publisher peer…', 'mute', 'Mutes or unmutes a track of one''s own', 'subscription', 'Subscribes to media tracks, or unsubscribes from them', 'track_setting', 'Sets quality, size, rate or pause of subscribed tracks', 'leave', 'Ends the session on the client''s initiative', 'update_layers', 'Deprecated and without effect: announced which simulcast layers are…', 'subscription_permission', 'Says who may subscribe to one''s own tracks', 'sync_state', 'Tells the server what the client still holds after a resume', 'simulate', 'Makes the server act out a fault, for testing clients', 'ping', 'Old keep-alive, deprecated by ''ping_req''; the value is the client''s…', 'update_metadata', 'Changes one''s own name, metadata or attributes', 'ping_req', 'Keep-alive that measures the round trip', 'update_audio_track', 'Replaces the audio features of a track of one''s own', 'update_video_track', 'Sets the announced size of a video track of one''s own', 'publish_data_track_request', 'Publishes a data track; works without any media connection', 'unpublish_data_track_request', 'Takes back a data track of one''s own', 'update_data_subscription', 'Subscribes to data tracks, or unsubscribes from them', 'store_data_blob_request', 'Stores a small piece of data under a key of one''s own', 'get_data_blob_request', 'Fetches a data blob stored by a participant of the room')
$lksigFilters = @('join', 'First message of a new session: room, participants, servers, settings', 'answer', 'Answers an ''offer'' of the server, for the subscriber peer connection', 'offer', 'Offers a session description for the publisher peer connection', 'trickle', 'Passes on one ICE candidate of the client', 'update', 'Participants that joined, changed or left, oneself included', 'track_published', 'Answers ''add_track'': the track is taken on and has a sid', 'leave', 'Ends the session on the client''s initiative', 'mute', 'Mutes or unmutes a track of one''s own', 'speakers_changed', 'Participants who began or stopped speaking, or changed level', 'room_update', 'The room changed: counts, metadata or recording', 'connection_quality', 'Connection quality of oneself and of those one is subscribed to', 'stream_state_update', 'Subscribed streams that were paused or flow again', 'subscribed_quality_update', 'Layers of one''s own video track that somebody wants (dynacast)', 'subscription_permission_update', 'Whether this client may subscribe to a track', 'refresh_token', 'A new access token, to be used for the next connect; a secret', 'track_unpublished', 'The server ended a track of this client', 'pong', 'Answers the old ''ping''; the value is the server''s clock [unix ms]', 'reconnect', 'First message of a resumed session', 'pong_resp', 'Answers ''ping_req''', 'subscription_response', 'A subscription failed; no media is to be expected from it', 'request_response', 'What became of a request: refused, queued, or done', 'track_subscribed', 'Somebody receives one''s track for the first time', 'room_moved', 'The client was moved to another room', 'media_sections_requirement', 'How many more media sections the client must offer', 'subscribed_audio_codec_update', 'Codecs of one''s own audio track that somebody wants', 'publish_data_track_response', 'Answers ''publish_data_track_request'': the data track has a sid', 'unpublish_data_track_response', 'Answers ''unpublish_data_track_request'': the data track is gone', 'data_track_subscriber_handles', 'All data tracks one is subscribed to, by packet handle', 'store_data_blob_response', 'Answers ''store_data_blob_request'': the blob is stored', 'get_data_blob_response', 'Answers ''get_data_blob_request'' with the blob', 'add_track', 'Announces a media track; the media follows over the publisher peer…', 'subscription', 'Subscribes to media tracks, or unsubscribes from them', 'track_setting', 'Sets quality, size, rate or pause of subscribed tracks', 'update_layers', 'Deprecated and without effect: announced which simulcast layers are…', 'subscription_permission', 'Says who may subscribe to one''s own tracks', 'sync_state', 'Tells the server what the client still holds after a resume', 'simulate', 'Makes the server act out a fault, for testing clients', 'ping', 'Old keep-alive, deprecated by ''ping_req''; the value is the client''s…', 'update_metadata', 'Changes one''s own name, metadata or attributes', 'ping_req', 'Keep-alive that measures the round trip', 'update_audio_track', 'Replaces the audio features of a track of one''s own', 'update_video_track', 'Sets the announced size of a video track of one''s own', 'publish_data_track_request', 'Publishes a data track; works without any media connection', 'unpublish_data_track_request', 'Takes back a data track of one''s own', 'update_data_subscription', 'Subscribes to data tracks, or unsubscribes from them', 'store_data_blob_request', 'Stores a small piece of data under a key of one''s own', 'get_data_blob_request', 'Fetches a data blob stored by a participant of the room', 'to_server', 'what the client sends', 'to_client', 'what the server sends', 'refused', 'refusals of requests', 'unknown', 'holds fields or a case that the schema does not know', 'undecodable', 'frames that did not decode', 'keepalive', 'the four pings and pongs', 'for_auto', 'answers what lksig sent by itself', 'bytes', 'size after decompression: ''bytes gt 16k''', 'n', 'number of the message', 'by', 'who made it: ''by=user''', 'case', 'the case by name: ''case matches ^ping''', 'start', 'events: a session begins', 'message', 'events: any message', 'state', 'events: the session entered a state', 'ws_ping', 'events: WebSocket ping', 'ws_pong', 'events: WebSocket pong', 'close', 'events: the WebSocket closed', 'http', 'events: one HTTP exchange', 'note', 'events: what lksig did or learned', 'marker', 'events: a place that a person named', 'result', 'events: what became of a request', 'end', 'events: a session is over', 'not', 'the opposite of what follows', 'and', 'both', 'or', 'one of them')
$lksigNames = @('join', 'First message of a new session: room, participants, servers, settings', 'answer', 'Answers an ''offer'' of the server, for the subscriber peer connection', 'offer', 'Offers a session description for the publisher peer connection', 'trickle', 'Passes on one ICE candidate of the client', 'update', 'Participants that joined, changed or left, oneself included', 'track_published', 'Answers ''add_track'': the track is taken on and has a sid', 'leave', 'Ends the session on the client''s initiative', 'mute', 'Mutes or unmutes a track of one''s own', 'speakers_changed', 'Participants who began or stopped speaking, or changed level', 'room_update', 'The room changed: counts, metadata or recording', 'connection_quality', 'Connection quality of oneself and of those one is subscribed to', 'stream_state_update', 'Subscribed streams that were paused or flow again', 'subscribed_quality_update', 'Layers of one''s own video track that somebody wants (dynacast)', 'subscription_permission_update', 'Whether this client may subscribe to a track', 'refresh_token', 'A new access token, to be used for the next connect; a secret', 'track_unpublished', 'The server ended a track of this client', 'pong', 'Answers the old ''ping''; the value is the server''s clock [unix ms]', 'reconnect', 'First message of a resumed session', 'pong_resp', 'Answers ''ping_req''', 'subscription_response', 'A subscription failed; no media is to be expected from it', 'request_response', 'What became of a request: refused, queued, or done', 'track_subscribed', 'Somebody receives one''s track for the first time', 'room_moved', 'The client was moved to another room', 'media_sections_requirement', 'How many more media sections the client must offer', 'subscribed_audio_codec_update', 'Codecs of one''s own audio track that somebody wants', 'publish_data_track_response', 'Answers ''publish_data_track_request'': the data track has a sid', 'unpublish_data_track_response', 'Answers ''unpublish_data_track_request'': the data track is gone', 'data_track_subscriber_handles', 'All data tracks one is subscribed to, by packet handle', 'store_data_blob_response', 'Answers ''store_data_blob_request'': the blob is stored', 'get_data_blob_response', 'Answers ''get_data_blob_request'' with the blob', 'add_track', 'Announces a media track; the media follows over the publisher peer…', 'subscription', 'Subscribes to media tracks, or unsubscribes from them', 'track_setting', 'Sets quality, size, rate or pause of subscribed tracks', 'update_layers', 'Deprecated and without effect: announced which simulcast layers are…', 'subscription_permission', 'Says who may subscribe to one''s own tracks', 'sync_state', 'Tells the server what the client still holds after a resume', 'simulate', 'Makes the server act out a fault, for testing clients', 'ping', 'Old keep-alive, deprecated by ''ping_req''; the value is the client''s…', 'update_metadata', 'Changes one''s own name, metadata or attributes', 'ping_req', 'Keep-alive that measures the round trip', 'update_audio_track', 'Replaces the audio features of a track of one''s own', 'update_video_track', 'Sets the announced size of a video track of one''s own', 'publish_data_track_request', 'Publishes a data track; works without any media connection', 'unpublish_data_track_request', 'Takes back a data track of one''s own', 'update_data_subscription', 'Subscribes to data tracks, or unsubscribes from them', 'store_data_blob_request', 'Stores a small piece of data under a key of one''s own', 'get_data_blob_request', 'Fetches a data blob stored by a participant of the room', 'AddTrackRequest', 'Announcement of one media track to be published', 'ClientConfiguration', 'Settings the server imposes on a client', 'ClientInfo', 'Who the client is; some of it switches features of the server', 'Codec', 'A codec and its parameters', 'ConnectionQualityInfo', 'Connection quality of one participant', 'ConnectionQualityUpdate', 'Connection quality of several participants', 'ConnectionSettings', 'How subscriptions and connections of a new session are to work', 'DataBlob', 'A small piece of data kept by the server for a participant', 'DataBlobKey', 'Name under which a data blob is stored', 'DataChannelInfo', 'One data channel of the client', 'DataChannelReceiveState', 'Position in one publisher''s reliable data', 'DataTrackFrameEncoding', 'How the frames of a data track are encoded', 'DataTrackInfo', 'A published data track', 'DataTrackSchemaEncoding', 'The language in which a schema is written', 'DataTrackSchemaId', 'Name of a schema and the language it is written in', 'DataTrackSubscriberHandles', 'Which handle in incoming packets means which data track', 'DataTrackSubscriberHandles.PublishedDataTrack', 'A data track and its publisher', 'DataTrackSubscriptionOptions', 'How a subscriber wants to receive a data track', 'DisabledCodecs', 'Codecs a client must not use', 'Encryption', 'Holder of the enum ''Encryption.Type''; has no fields and is never sent', 'GetDataBlobRequest', 'Question for a data blob', 'GetDataBlobResponse', 'A stored data blob', 'ICEServer', 'One or more STUN or TURN servers with the same credentials', 'JoinRequest', 'What a client says when it joins by v1; travels inside the URL…', 'JoinResponse', 'All a client needs to know at the start of a session', 'LeaveRequest', 'End of the session, said by the one who ends it', 'MediaSectionsRequirement', 'Media sections the client''s next offer must have in addition', 'MuteTrackRequest', 'A track and whether it is muted', 'ParticipantInfo', 'A participant as everybody in the room sees it', 'ParticipantPermission', 'What a participant may do, from its token or set by an administrator', 'ParticipantTracks', 'Tracks of one participant', 'ParticipantUpdate', 'Participants that changed', 'Ping', 'A ping with a clock reading', 'Pong', 'Answer to a ping, with two clock readings', 'PublishDataTrackRequest', 'Announcement of one data track to be published', 'PublishDataTrackResponse', 'Confirmation of a published data track', 'ReconnectResponse', 'What a client needs to know to resume a session', 'RegionInfo', 'One region of LiveKit Cloud', 'RegionSettings', 'Regions of LiveKit Cloud that a client may connect to', 'RequestResponse', 'Outcome of one request, with the request itself', 'Room', 'A room as everybody in it sees it', 'RoomMovedResponse', 'The room this client was moved to', 'RoomUpdate', 'The room as it is now', 'ServerInfo', 'What the server says about itself', 'SessionDescription', 'One SDP, offered or answered', 'SignalRequest', 'One message from client to server', 'SignalResponse', 'One message from server to client', 'SimulateScenario', 'A fault to be acted out', 'SimulcastCodec', 'One codec in which a track will be published', 'SimulcastCodecInfo', 'One codec in which a track is published', 'SpeakerInfo', 'How loud one participant is', 'SpeakersChanged', 'Speakers whose state changed', 'StoreDataBlobRequest', 'A data blob to be stored', 'StoreDataBlobResponse', 'Confirmation of a stored data blob', 'StreamStateInfo', 'State of one subscribed stream', 'StreamStateUpdate', 'Streams whose state changed', 'SubscribedAudioCodec', 'Whether one audio codec is wanted', 'SubscribedAudioCodecUpdate', 'Which codecs of one audio track are wanted', 'SubscribedCodec', 'Which layers of one codec are wanted', 'SubscribedQuality', 'Whether one layer is wanted', 'SubscribedQualityUpdate', 'Which layers of one video track are wanted', 'SubscriptionPermission', 'Who may subscribe to one''s own tracks, media and data', 'SubscriptionPermissionUpdate', 'Whether this client may subscribe to one track', 'SubscriptionResponse', 'Failure of one subscription', 'SyncState', 'What a client still holds when it resumes', 'TimedVersion', 'A version number made of a clock reading and a counter', 'TrackInfo', 'A media track as everybody in the room sees it', 'TrackPermission', 'What one participant may subscribe to', 'TrackPublishedResponse', 'A track that the server has taken on', 'TrackSubscribed', 'A track that got its first subscriber', 'TrackUnpublishedResponse', 'A track that the server ended', 'TrickleRequest', 'One ICE candidate, passed on as soon as it is known', 'UnpublishDataTrackRequest', 'Data track to be taken back', 'UnpublishDataTrackResponse', 'Confirmation of a data track taken back', 'UpdateDataSubscription', 'Data tracks to subscribe to, or to unsubscribe from', 'UpdateDataSubscription.Update', 'One data track and what is wanted of it', 'UpdateLocalAudioTrack', 'New audio features of one of one''s own tracks', 'UpdateLocalVideoTrack', 'New size of one of one''s own tracks', 'UpdateParticipantMetadata', 'New name, metadata or attributes of oneself', 'UpdateSubscription', 'Media tracks to subscribe to, or to unsubscribe from', 'UpdateTrackSettings', 'What a subscriber wants to receive of tracks it is subscribed to', 'UpdateVideoLayers', 'Deprecated: layers that a publisher is sending now', 'VideoConfiguration', 'Settings for one kind of video', 'VideoLayer', 'One layer of a video track: a size and bit rate at which it is sent', 'WrappedJoinRequest', 'A packed JoinRequest, the content of the URL parameter ''join_request''', 'AudioTrackFeature', 'Property of a published audio track', 'BackupCodecPolicy', 'What a publisher does for subscribers that cannot receive its…', 'CandidateProtocol', 'Transport for ICE candidates', 'ClientConfigSetting', 'A setting with three positions', 'ClientInfo.Capability', 'Something the client can do and the server must know', 'ClientInfo.SDK', 'Client library; its name in the v0 parameter ''sdk'' is given with each', 'ConnectionQuality', 'Connection quality in words', 'DataTrackFrameEncoding.WellKnownFrameEncoding', 'Frame encodings with a number; the set is that of MCAP message encodings', 'DataTrackSchemaEncoding.WellKnownSchemaEncoding', 'Schema languages with a number; the set is that of MCAP schema encodings', 'DisconnectReason', 'Why a session ended', 'Encryption.Type', 'How the media or data is encrypted end to end', 'LeaveRequest.Action', 'What the client is to do after a ''leave''', 'PacketTrailerFeature', 'Content of the trailer that a publisher appends to encoded frames', 'ParticipantInfo.Kind', 'What a participant is', 'ParticipantInfo.KindDetail', 'More about what a participant is', 'ParticipantInfo.State', 'How far a participant has come', 'ReconnectReason', 'Why a client resumes', 'RequestResponse.Reason', 'Outcome of a request', 'ServerInfo.Edition', 'Which kind of server it is', 'SignalTarget', 'Which of the two peer connections is meant', 'StreamState', 'Whether a subscribed stream flows', 'SubscriptionError', 'Why a subscription failed', 'TrackSource', 'What produces the media of a track', 'TrackType', 'Kind of content of a track', 'VideoLayer.Mode', 'How the spatial layers of a codec are laid out over RTP streams', 'VideoQuality', 'Rung of the quality ladder of a video track', 'WrappedJoinRequest.Compression', 'How the JoinRequest is packed')
$lksigIsCase = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigIsCase['offer'] = $true
$lksigIsCase['answer'] = $true
$lksigIsCase['trickle'] = $true
$lksigIsCase['add_track'] = $true
$lksigIsCase['mute'] = $true
$lksigIsCase['subscription'] = $true
$lksigIsCase['track_setting'] = $true
$lksigIsCase['leave'] = $true
$lksigIsCase['update_layers'] = $true
$lksigIsCase['subscription_permission'] = $true
$lksigIsCase['sync_state'] = $true
$lksigIsCase['simulate'] = $true
$lksigIsCase['ping'] = $true
$lksigIsCase['update_metadata'] = $true
$lksigIsCase['ping_req'] = $true
$lksigIsCase['update_audio_track'] = $true
$lksigIsCase['update_video_track'] = $true
$lksigIsCase['publish_data_track_request'] = $true
$lksigIsCase['unpublish_data_track_request'] = $true
$lksigIsCase['update_data_subscription'] = $true
$lksigIsCase['store_data_blob_request'] = $true
$lksigIsCase['get_data_blob_request'] = $true
$lksigOptions = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigOptions['connect'] = @('--timeout', 'Seconds an answer is awaited', '--fence', 'Find out whether silent requests were accepted', '--no-fence', 'Find out whether silent requests were accepted', '--rejoin', 'Start over when the session ends', '--url', 'URL of the server; a word that is a URL means the same', '--curl', 'URL, token, headers of a Copy as cURL line; @FILE or - reads it', '--dev', 'A server started with --dev: ws://127.0.0.1:7880, devkey/secret', '--project', 'A project of the lk tool''s file', '--token', 'Join with this token', '--token-file', 'Read the token from a file; - is standard input', '--api-key', 'Make a token with this key… (or LIVEKIT_API_KEY)', '--api-secret', '…and this secret', '--room', 'Room the made token is for', '-r', 'Room the made token is for', '--identity', 'Identity the made token is for', '-i', 'Identity the made token is for', '--name', 'Display name in the made token', '--grant', 'A video grant of the made token: canPublish=false, hidden=true……', '--as', 'Look like js, python, node, go or esp32; @VERSION may follow', '--path', 'v1 (/rtc/v1), v0 (/rtc), or auto: v0 where v1 does not exist', '--protocol', 'Signaling protocol number (default 17)', '--client-protocol', 'Number other clients see', '--sdk', 'js, python, go, unity…', '--sdk-version', 'Version of that SDK', '--os', 'Operating system', '--os-version', 'Its version', '--device-model', 'Device model', '--browser', 'Browser', '--browser-version', 'Its version', '--network', 'wifi, wired…', '--capability', 'A ClientInfo.Capability', '--auto-subscribe', 'Subscribe to media tracks unasked (default)', '--no-auto-subscribe', 'Subscribe to media tracks unasked (default)', '--auto-subscribe-data-track', 'The same for data tracks', '--no-auto-subscribe-data-track', 'The same for data tracks', '--adaptive-stream', 'New subscriptions start at LOW', '--no-adaptive-stream', 'New subscriptions start at LOW', '--subscriber-allow-pause', 'The server may pause streams under congestion', '--no-subscriber-allow-pause', 'The server may pause streams under congestion', '--disable-ice-lite', 'Ask for full ICE', '--no-disable-ice-lite', 'Ask for full ICE', '--reconnect-reason', 'A ReconnectReason', '--resume', 'Resume the participant with this sid', '--publish', 'v0: open a publish-only side connection', '--metadata', 'v1: participant metadata', '--attribute', 'A participant attribute', '--join', 'v1: any field of JoinRequest, in the request grammar…', '--param', 'A query parameter, exactly', '--gzip', 'v1: compress the join request (default when it gets shorter)', '--no-gzip', 'v1: compress the join request (default when it gets shorter)', '--token-in', 'Where the token travels: header (default), or query as in a pasted URL', '--json-frames', 'Send requests as JSON text frames', '--header', 'A header of the handshake', '-H', 'A header of the handshake', '--cacert', 'Trust this CA certificate', '--cert', 'Client certificate (PEM, maybe with its key)', '--key', 'Its private key', '--servername', 'Name for SNI and verification, instead of the URL''s', '--insecure', 'Do not verify the server''s certificate', '-k', 'Do not verify the server''s certificate', '--proxy', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '-x', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '--connect-timeout', 'Seconds until the upgrade is done (default 15)', '--max-message-size', 'Refuse larger messages: 2M, 512k…', '--compression', 'Offer permessage-deflate (default yes)', '--no-compression', 'Offer permessage-deflate (default yes)', '--dry-run', 'Show what would be sent, connect to nothing', '--force', 'Replace the file if it exists', '--personal', 'Hide names, metadata, attributes, addresses too', '--no-redact', 'Keep every byte, secrets too', '--record', 'Write the session into FILE, secrets hidden', '--json', 'One JSON object per line', '--format', 'line, tree, json, hex, base64 or raw', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--times', 'delta, local, utc or both (default delta)', '--filter', 'Show only what matches; see ''lksig listen --help''', '--verbose', 'More: keep-alives too', '-v', 'More: keep-alives too', '--quiet', 'Less: no notices', '-q', 'Less: no notices', '--strict', 'Exit 5 at the end when a frame did not decode', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['send'] = @('--timeout', 'Seconds an answer is awaited', '--linger', 'Seconds to stay after the last answer', '--fence', 'Find out whether silent requests were accepted', '--no-fence', 'Find out whether silent requests were accepted', '--until', 'Stay until a message matches, else exit 6', '--expect', 'Exit 0 if a message matches, 1 if not', '--count', 'Stay for N messages', '-n', 'Stay for N messages', '--answer', 'Print only the answers'' bodies, as JSON lines', '--url', 'URL of the server; a word that is a URL means the same', '--curl', 'URL, token, headers of a Copy as cURL line; @FILE or - reads it', '--dev', 'A server started with --dev: ws://127.0.0.1:7880, devkey/secret', '--project', 'A project of the lk tool''s file', '--token', 'Join with this token', '--token-file', 'Read the token from a file; - is standard input', '--api-key', 'Make a token with this key… (or LIVEKIT_API_KEY)', '--api-secret', '…and this secret', '--room', 'Room the made token is for', '-r', 'Room the made token is for', '--identity', 'Identity the made token is for', '-i', 'Identity the made token is for', '--name', 'Display name in the made token', '--grant', 'A video grant of the made token: canPublish=false, hidden=true……', '--as', 'Look like js, python, node, go or esp32; @VERSION may follow', '--path', 'v1 (/rtc/v1), v0 (/rtc), or auto: v0 where v1 does not exist', '--protocol', 'Signaling protocol number (default 17)', '--client-protocol', 'Number other clients see', '--sdk', 'js, python, go, unity…', '--sdk-version', 'Version of that SDK', '--os', 'Operating system', '--os-version', 'Its version', '--device-model', 'Device model', '--browser', 'Browser', '--browser-version', 'Its version', '--network', 'wifi, wired…', '--capability', 'A ClientInfo.Capability', '--auto-subscribe', 'Subscribe to media tracks unasked (default)', '--no-auto-subscribe', 'Subscribe to media tracks unasked (default)', '--auto-subscribe-data-track', 'The same for data tracks', '--no-auto-subscribe-data-track', 'The same for data tracks', '--adaptive-stream', 'New subscriptions start at LOW', '--no-adaptive-stream', 'New subscriptions start at LOW', '--subscriber-allow-pause', 'The server may pause streams under congestion', '--no-subscriber-allow-pause', 'The server may pause streams under congestion', '--disable-ice-lite', 'Ask for full ICE', '--no-disable-ice-lite', 'Ask for full ICE', '--reconnect-reason', 'A ReconnectReason', '--resume', 'Resume the participant with this sid', '--publish', 'v0: open a publish-only side connection', '--metadata', 'v1: participant metadata', '--attribute', 'A participant attribute', '--join', 'v1: any field of JoinRequest, in the request grammar…', '--param', 'A query parameter, exactly', '--gzip', 'v1: compress the join request (default when it gets shorter)', '--no-gzip', 'v1: compress the join request (default when it gets shorter)', '--token-in', 'Where the token travels: header (default), or query as in a pasted URL', '--json-frames', 'Send requests as JSON text frames', '--header', 'A header of the handshake', '-H', 'A header of the handshake', '--cacert', 'Trust this CA certificate', '--cert', 'Client certificate (PEM, maybe with its key)', '--key', 'Its private key', '--servername', 'Name for SNI and verification, instead of the URL''s', '--insecure', 'Do not verify the server''s certificate', '-k', 'Do not verify the server''s certificate', '--proxy', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '-x', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '--connect-timeout', 'Seconds until the upgrade is done (default 15)', '--max-message-size', 'Refuse larger messages: 2M, 512k…', '--compression', 'Offer permessage-deflate (default yes)', '--no-compression', 'Offer permessage-deflate (default yes)', '--dry-run', 'Show what would be sent, connect to nothing', '--force', 'Replace the file if it exists', '--personal', 'Hide names, metadata, attributes, addresses too', '--no-redact', 'Keep every byte, secrets too', '--record', 'Write the session into FILE, secrets hidden', '--json', 'One JSON object per line', '--format', 'line, tree, json, hex, base64 or raw', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--times', 'delta, local, utc or both (default delta)', '--filter', 'Show only what matches; see ''lksig listen --help''', '--verbose', 'More: keep-alives too', '-v', 'More: keep-alives too', '--quiet', 'Less: no notices', '-q', 'Less: no notices', '--strict', 'Exit 5 at the end when a frame did not decode', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['listen'] = @('--count', 'Stop after N messages', '-n', 'Stop after N messages', '--until', 'Stop after a message matches', '--timeout', 'Give up after S seconds (exit 6)', '--reconnect', 'Resume and start over as an SDK would, and tell', '--url', 'URL of the server; a word that is a URL means the same', '--curl', 'URL, token, headers of a Copy as cURL line; @FILE or - reads it', '--dev', 'A server started with --dev: ws://127.0.0.1:7880, devkey/secret', '--project', 'A project of the lk tool''s file', '--token', 'Join with this token', '--token-file', 'Read the token from a file; - is standard input', '--api-key', 'Make a token with this key… (or LIVEKIT_API_KEY)', '--api-secret', '…and this secret', '--room', 'Room the made token is for', '-r', 'Room the made token is for', '--identity', 'Identity the made token is for', '-i', 'Identity the made token is for', '--name', 'Display name in the made token', '--grant', 'A video grant of the made token: canPublish=false, hidden=true……', '--as', 'Look like js, python, node, go or esp32; @VERSION may follow', '--path', 'v1 (/rtc/v1), v0 (/rtc), or auto: v0 where v1 does not exist', '--protocol', 'Signaling protocol number (default 17)', '--client-protocol', 'Number other clients see', '--sdk', 'js, python, go, unity…', '--sdk-version', 'Version of that SDK', '--os', 'Operating system', '--os-version', 'Its version', '--device-model', 'Device model', '--browser', 'Browser', '--browser-version', 'Its version', '--network', 'wifi, wired…', '--capability', 'A ClientInfo.Capability', '--auto-subscribe', 'Subscribe to media tracks unasked (default)', '--no-auto-subscribe', 'Subscribe to media tracks unasked (default)', '--auto-subscribe-data-track', 'The same for data tracks', '--no-auto-subscribe-data-track', 'The same for data tracks', '--adaptive-stream', 'New subscriptions start at LOW', '--no-adaptive-stream', 'New subscriptions start at LOW', '--subscriber-allow-pause', 'The server may pause streams under congestion', '--no-subscriber-allow-pause', 'The server may pause streams under congestion', '--disable-ice-lite', 'Ask for full ICE', '--no-disable-ice-lite', 'Ask for full ICE', '--reconnect-reason', 'A ReconnectReason', '--resume', 'Resume the participant with this sid', '--publish', 'v0: open a publish-only side connection', '--metadata', 'v1: participant metadata', '--attribute', 'A participant attribute', '--join', 'v1: any field of JoinRequest, in the request grammar…', '--param', 'A query parameter, exactly', '--gzip', 'v1: compress the join request (default when it gets shorter)', '--no-gzip', 'v1: compress the join request (default when it gets shorter)', '--token-in', 'Where the token travels: header (default), or query as in a pasted URL', '--json-frames', 'Send requests as JSON text frames', '--header', 'A header of the handshake', '-H', 'A header of the handshake', '--cacert', 'Trust this CA certificate', '--cert', 'Client certificate (PEM, maybe with its key)', '--key', 'Its private key', '--servername', 'Name for SNI and verification, instead of the URL''s', '--insecure', 'Do not verify the server''s certificate', '-k', 'Do not verify the server''s certificate', '--proxy', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '-x', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '--connect-timeout', 'Seconds until the upgrade is done (default 15)', '--max-message-size', 'Refuse larger messages: 2M, 512k…', '--compression', 'Offer permessage-deflate (default yes)', '--no-compression', 'Offer permessage-deflate (default yes)', '--dry-run', 'Show what would be sent, connect to nothing', '--force', 'Replace the file if it exists', '--personal', 'Hide names, metadata, attributes, addresses too', '--no-redact', 'Keep every byte, secrets too', '--record', 'Write the session into FILE, secrets hidden', '--json', 'One JSON object per line', '--format', 'line, tree, json, hex, base64 or raw', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--times', 'delta, local, utc or both (default delta)', '--filter', 'Show only what matches; see ''lksig listen --help''', '--verbose', 'More: keep-alives too', '-v', 'More: keep-alives too', '--quiet', 'Less: no notices', '-q', 'Less: no notices', '--strict', 'Exit 5 at the end when a frame did not decode', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['record'] = @('--count', 'Stop after N messages', '-n', 'Stop after N messages', '--until', 'Stop after a message matches', '--timeout', 'Give up after S seconds (exit 6)', '--reconnect', 'Resume and start over as an SDK would, and tell', '--url', 'URL of the server; a word that is a URL means the same', '--curl', 'URL, token, headers of a Copy as cURL line; @FILE or - reads it', '--dev', 'A server started with --dev: ws://127.0.0.1:7880, devkey/secret', '--project', 'A project of the lk tool''s file', '--token', 'Join with this token', '--token-file', 'Read the token from a file; - is standard input', '--api-key', 'Make a token with this key… (or LIVEKIT_API_KEY)', '--api-secret', '…and this secret', '--room', 'Room the made token is for', '-r', 'Room the made token is for', '--identity', 'Identity the made token is for', '-i', 'Identity the made token is for', '--name', 'Display name in the made token', '--grant', 'A video grant of the made token: canPublish=false, hidden=true……', '--as', 'Look like js, python, node, go or esp32; @VERSION may follow', '--path', 'v1 (/rtc/v1), v0 (/rtc), or auto: v0 where v1 does not exist', '--protocol', 'Signaling protocol number (default 17)', '--client-protocol', 'Number other clients see', '--sdk', 'js, python, go, unity…', '--sdk-version', 'Version of that SDK', '--os', 'Operating system', '--os-version', 'Its version', '--device-model', 'Device model', '--browser', 'Browser', '--browser-version', 'Its version', '--network', 'wifi, wired…', '--capability', 'A ClientInfo.Capability', '--auto-subscribe', 'Subscribe to media tracks unasked (default)', '--no-auto-subscribe', 'Subscribe to media tracks unasked (default)', '--auto-subscribe-data-track', 'The same for data tracks', '--no-auto-subscribe-data-track', 'The same for data tracks', '--adaptive-stream', 'New subscriptions start at LOW', '--no-adaptive-stream', 'New subscriptions start at LOW', '--subscriber-allow-pause', 'The server may pause streams under congestion', '--no-subscriber-allow-pause', 'The server may pause streams under congestion', '--disable-ice-lite', 'Ask for full ICE', '--no-disable-ice-lite', 'Ask for full ICE', '--reconnect-reason', 'A ReconnectReason', '--resume', 'Resume the participant with this sid', '--publish', 'v0: open a publish-only side connection', '--metadata', 'v1: participant metadata', '--attribute', 'A participant attribute', '--join', 'v1: any field of JoinRequest, in the request grammar…', '--param', 'A query parameter, exactly', '--gzip', 'v1: compress the join request (default when it gets shorter)', '--no-gzip', 'v1: compress the join request (default when it gets shorter)', '--token-in', 'Where the token travels: header (default), or query as in a pasted URL', '--json-frames', 'Send requests as JSON text frames', '--header', 'A header of the handshake', '-H', 'A header of the handshake', '--cacert', 'Trust this CA certificate', '--cert', 'Client certificate (PEM, maybe with its key)', '--key', 'Its private key', '--servername', 'Name for SNI and verification, instead of the URL''s', '--insecure', 'Do not verify the server''s certificate', '-k', 'Do not verify the server''s certificate', '--proxy', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '-x', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '--connect-timeout', 'Seconds until the upgrade is done (default 15)', '--max-message-size', 'Refuse larger messages: 2M, 512k…', '--compression', 'Offer permessage-deflate (default yes)', '--no-compression', 'Offer permessage-deflate (default yes)', '--dry-run', 'Show what would be sent, connect to nothing', '--force', 'Replace the file if it exists', '--personal', 'Hide names, metadata, attributes, addresses too', '--no-redact', 'Keep every byte, secrets too', '--json', 'One JSON object per line', '--format', 'line, tree, json, hex, base64 or raw', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--times', 'delta, local, utc or both (default delta)', '--filter', 'Show only what matches; see ''lksig listen --help''', '--verbose', 'More: keep-alives too', '-v', 'More: keep-alives too', '--quiet', 'Less: no notices', '-q', 'Less: no notices', '--strict', 'Exit 5 at the end when a frame did not decode', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['show'] = @('--from', 'Begin at a message, time or mark', '--to', 'End at a message, time or mark', '--follow', 'Go on while the file is being written', '--pager', 'On a terminal, through $PAGER (default yes)', '--no-pager', 'On a terminal, through $PAGER (default yes)', '--stats', 'Counts, bytes, rates, gaps, reply times', '--timeline', 'A ladder between client and server', '--mermaid', 'The ladder as a Mermaid sequence diagram', '--state', 'The room after message N, or at the end', '--stable', 'Ids become roles, times are left out', '--json', 'One JSON object per line', '--format', 'line, tree, json, hex, base64 or raw', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--times', 'delta, local, utc or both (default delta)', '--filter', 'Show only what matches; see ''lksig listen --help''', '--verbose', 'More: keep-alives too', '-v', 'More: keep-alives too', '--quiet', 'Less: no notices', '-q', 'Less: no notices', '--strict', 'Exit 5 at the end when a frame did not decode', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['replay'] = @('--speed', '0.5, 1, 10, or max', '--idle-limit', 'No silence longer than S seconds', '--from', 'Begin at a message, time or mark', '--to', 'End at a message, time or mark', '--until', 'Stop behind the message that matches; to a server exit 6 if none does', '--timeout', 'Seconds an answer (default 5), or with --serve a request (default 2)…', '--serve', 'Play the server''s side to whoever connects', '--port', 'Port; 0 takes a free one (default 7880)', '--bind', 'Address to listen on (default 127.0.0.1)', '--url', 'URL of the server; a word that is a URL means the same', '--curl', 'URL, token, headers of a Copy as cURL line; @FILE or - reads it', '--dev', 'A server started with --dev: ws://127.0.0.1:7880, devkey/secret', '--project', 'A project of the lk tool''s file', '--token', 'Join with this token', '--token-file', 'Read the token from a file; - is standard input', '--api-key', 'Make a token with this key… (or LIVEKIT_API_KEY)', '--api-secret', '…and this secret', '--room', 'Room the made token is for', '-r', 'Room the made token is for', '--identity', 'Identity the made token is for', '-i', 'Identity the made token is for', '--name', 'Display name in the made token', '--grant', 'A video grant of the made token: canPublish=false, hidden=true……', '--header', 'A header of the handshake', '-H', 'A header of the handshake', '--cacert', 'Trust this CA certificate', '--cert', 'Client certificate (PEM, maybe with its key)', '--key', 'Its private key', '--servername', 'Name for SNI and verification, instead of the URL''s', '--insecure', 'Do not verify the server''s certificate', '-k', 'Do not verify the server''s certificate', '--proxy', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '-x', 'HTTP or SOCKS proxy; '''' for none (or HTTPS_PROXY…)', '--connect-timeout', 'Seconds until the upgrade is done (default 15)', '--max-message-size', 'Refuse larger messages: 2M, 512k…', '--compression', 'Offer permessage-deflate (default yes)', '--no-compression', 'Offer permessage-deflate (default yes)', '--dry-run', 'Show what would be sent, connect to nothing', '--force', 'Replace the file if it exists', '--personal', 'Hide names, metadata, attributes, addresses too', '--no-redact', 'Keep every byte, secrets too', '--record', 'Write the session into FILE, secrets hidden', '--json', 'One JSON object per line', '--format', 'line, tree, json, hex, base64 or raw', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--times', 'delta, local, utc or both (default delta)', '--filter', 'Show only what matches; see ''lksig listen --help''', '--verbose', 'More: keep-alives too', '-v', 'More: keep-alives too', '--quiet', 'Less: no notices', '-q', 'Less: no notices', '--strict', 'Exit 5 at the end when a frame did not decode', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['diff'] = @('--times', 'Compare times and what was measured, too', '--json', 'One JSON object per difference', '--filter', 'Compare only what matches; see ''lksig listen --help''', '--verbose', 'Keep-alives, fences, states in between too', '-v', 'Keep-alives, fences, states in between too', '--quiet', 'Nothing but the exit code', '-q', 'Nothing but the exit code', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['import'] = @('--force', 'Replace the file if it exists', '--personal', 'Hide names, metadata, attributes, addresses too', '--no-redact', 'Keep every byte, secrets too', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['export'] = @('--to', 'har, jsonl, mermaid, or pytest: a test that plays it', '--output', 'File to make; - is standard output', '-o', 'File to make; - is standard output', '--force', 'Replace that file if it exists', '--no-redact', 'Keep every byte, secrets too', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['redact'] = @('--personal', 'Hide names, metadata, attributes, addresses too', '--force', 'Replace OUT if it exists', '--check', 'Change nothing: exit 1 if a secret survives in the file, and say where', '--json', 'Findings as JSON lines', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['decode'] = @('--request', 'It is a SignalRequest, client to server', '--response', 'It is a SignalResponse, server to client', '--format', 'tree (unless told otherwise), line, json, hex, base64 or raw', '--json', 'One JSON object, as ''listen --json'' prints', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--quiet', 'Do not say what was recognised', '-q', 'Do not say what was recognised', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['encode'] = @('--response', 'The words are responses: ''refresh_token eyJ...''', '--to', 'base64, hex, c (an array), raw (the bytes), or url (URL-safe base64…', '--gzip', 'join_request: compress it, or not; unless told, what is shorter', '--no-gzip', 'join_request: compress it, or not; unless told, what is shorter', '--output', 'Write to a file; - is standard output', '-o', 'Write to a file; - is standard output', '--force', 'Overwrite that file', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['schema'] = @('--skeleton', 'Print a request line with every field of the case, to be edited', '--json', 'Print the machine form, one JSON object a line', '--json-lines', 'Print the JSON Schema of the lines that --json prints elsewhere', '--asyncapi', 'Print the /rtc channel as an AsyncAPI 3.0 document', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['serve'] = @('--port', 'Port; 0 takes a free one', '--bind', 'Address to listen on', '--api-key', 'Accept tokens of this key… [LIVEKIT_API_KEY, else devkey]', '--key', 'Accept tokens of this key… [LIVEKIT_API_KEY, else devkey]', '--api-secret', '…signed with this secret', '--secret', '…signed with this secret', '--with', 'A simulated participant in every room, with camera and microphone', '--join-timeout', 'End sessions after S seconds without media, as a real server does…', '--max-participants', 'Of a room; 0 is any number', '--force', 'Replace the file if it exists', '--personal', 'Hide names, metadata, attributes, addresses too', '--no-redact', 'Keep every byte, secrets too', '--record', 'Write the session into FILE, secrets hidden', '--json', 'One JSON object per line', '--format', 'line, tree, json, hex, base64 or raw', '--raw', 'JSON lines: add the bytes as ''raw''', '--defaults', 'JSON: print unset fields too', '--show-secrets', 'Show tokens and credentials as they are', '--times', 'delta, local, utc or both (default delta)', '--filter', 'Show only what matches; see ''lksig listen --help''', '--verbose', 'More: keep-alives too', '-v', 'More: keep-alives too', '--quiet', 'Less: no notices', '-q', 'Less: no notices', '--strict', 'Exit 5 at the end when a frame did not decode', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigOptions['completions'] = @('--force', 'Replace a file that lksig did not make', '--help', 'Show what the command takes', '-h', 'Show what the command takes')
$lksigValued = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigValued['connect --timeout'] = @()
$lksigValued['connect --url'] = @()
$lksigValued['connect --curl'] = @()
$lksigValued['connect --project'] = @()
$lksigValued['connect --token'] = @()
$lksigValued['connect --token-file'] = @()
$lksigValued['connect --api-key'] = @()
$lksigValued['connect --api-secret'] = @()
$lksigValued['connect --room'] = @()
$lksigValued['connect -r'] = @()
$lksigValued['connect --identity'] = @()
$lksigValued['connect -i'] = @()
$lksigValued['connect --name'] = @()
$lksigValued['connect --grant'] = @()
$lksigValued['connect --as'] = @('js', '', 'python', '', 'node', '', 'go', '', 'esp32', '')
$lksigValued['connect --path'] = @('v1', '', 'v0', '', 'auto', '')
$lksigValued['connect --protocol'] = @()
$lksigValued['connect --client-protocol'] = @()
$lksigValued['connect --sdk'] = @()
$lksigValued['connect --sdk-version'] = @()
$lksigValued['connect --os'] = @()
$lksigValued['connect --os-version'] = @()
$lksigValued['connect --device-model'] = @()
$lksigValued['connect --browser'] = @()
$lksigValued['connect --browser-version'] = @()
$lksigValued['connect --network'] = @()
$lksigValued['connect --capability'] = @('CAP_UNUSED', '', 'CAP_PACKET_TRAILER', '', 'CAP_COMPRESSION_DEFLATE_RAW', '')
$lksigValued['connect --reconnect-reason'] = @('RR_UNKNOWN', '', 'RR_SIGNAL_DISCONNECTED', '', 'RR_PUBLISHER_FAILED', '', 'RR_SUBSCRIBER_FAILED', '', 'RR_SWITCH_CANDIDATE', '')
$lksigValued['connect --resume'] = @()
$lksigValued['connect --publish'] = @()
$lksigValued['connect --metadata'] = @()
$lksigValued['connect --attribute'] = @()
$lksigValued['connect --join'] = @()
$lksigValued['connect --param'] = @()
$lksigValued['connect --token-in'] = @('header', '', 'query', '')
$lksigValued['connect --header'] = @()
$lksigValued['connect -H'] = @()
$lksigValued['connect --cacert'] = @()
$lksigValued['connect --cert'] = @()
$lksigValued['connect --key'] = @()
$lksigValued['connect --servername'] = @()
$lksigValued['connect --proxy'] = @()
$lksigValued['connect -x'] = @()
$lksigValued['connect --connect-timeout'] = @()
$lksigValued['connect --max-message-size'] = @()
$lksigValued['connect --record'] = @()
$lksigValued['connect --format'] = @('line', '', 'tree', '', 'json', '', 'hex', '', 'base64', '', 'raw', '')
$lksigValued['connect --times'] = @('delta', '', 'local', '', 'utc', '', 'both', '')
$lksigValued['connect --filter'] = @()
$lksigValued['send --timeout'] = @()
$lksigValued['send --linger'] = @()
$lksigValued['send --until'] = @()
$lksigValued['send --expect'] = @()
$lksigValued['send --count'] = @()
$lksigValued['send -n'] = @()
$lksigValued['send --url'] = @()
$lksigValued['send --curl'] = @()
$lksigValued['send --project'] = @()
$lksigValued['send --token'] = @()
$lksigValued['send --token-file'] = @()
$lksigValued['send --api-key'] = @()
$lksigValued['send --api-secret'] = @()
$lksigValued['send --room'] = @()
$lksigValued['send -r'] = @()
$lksigValued['send --identity'] = @()
$lksigValued['send -i'] = @()
$lksigValued['send --name'] = @()
$lksigValued['send --grant'] = @()
$lksigValued['send --as'] = @('js', '', 'python', '', 'node', '', 'go', '', 'esp32', '')
$lksigValued['send --path'] = @('v1', '', 'v0', '', 'auto', '')
$lksigValued['send --protocol'] = @()
$lksigValued['send --client-protocol'] = @()
$lksigValued['send --sdk'] = @()
$lksigValued['send --sdk-version'] = @()
$lksigValued['send --os'] = @()
$lksigValued['send --os-version'] = @()
$lksigValued['send --device-model'] = @()
$lksigValued['send --browser'] = @()
$lksigValued['send --browser-version'] = @()
$lksigValued['send --network'] = @()
$lksigValued['send --capability'] = @('CAP_UNUSED', '', 'CAP_PACKET_TRAILER', '', 'CAP_COMPRESSION_DEFLATE_RAW', '')
$lksigValued['send --reconnect-reason'] = @('RR_UNKNOWN', '', 'RR_SIGNAL_DISCONNECTED', '', 'RR_PUBLISHER_FAILED', '', 'RR_SUBSCRIBER_FAILED', '', 'RR_SWITCH_CANDIDATE', '')
$lksigValued['send --resume'] = @()
$lksigValued['send --publish'] = @()
$lksigValued['send --metadata'] = @()
$lksigValued['send --attribute'] = @()
$lksigValued['send --join'] = @()
$lksigValued['send --param'] = @()
$lksigValued['send --token-in'] = @('header', '', 'query', '')
$lksigValued['send --header'] = @()
$lksigValued['send -H'] = @()
$lksigValued['send --cacert'] = @()
$lksigValued['send --cert'] = @()
$lksigValued['send --key'] = @()
$lksigValued['send --servername'] = @()
$lksigValued['send --proxy'] = @()
$lksigValued['send -x'] = @()
$lksigValued['send --connect-timeout'] = @()
$lksigValued['send --max-message-size'] = @()
$lksigValued['send --record'] = @()
$lksigValued['send --format'] = @('line', '', 'tree', '', 'json', '', 'hex', '', 'base64', '', 'raw', '')
$lksigValued['send --times'] = @('delta', '', 'local', '', 'utc', '', 'both', '')
$lksigValued['send --filter'] = @()
$lksigValued['listen --count'] = @()
$lksigValued['listen -n'] = @()
$lksigValued['listen --until'] = @()
$lksigValued['listen --timeout'] = @()
$lksigValued['listen --url'] = @()
$lksigValued['listen --curl'] = @()
$lksigValued['listen --project'] = @()
$lksigValued['listen --token'] = @()
$lksigValued['listen --token-file'] = @()
$lksigValued['listen --api-key'] = @()
$lksigValued['listen --api-secret'] = @()
$lksigValued['listen --room'] = @()
$lksigValued['listen -r'] = @()
$lksigValued['listen --identity'] = @()
$lksigValued['listen -i'] = @()
$lksigValued['listen --name'] = @()
$lksigValued['listen --grant'] = @()
$lksigValued['listen --as'] = @('js', '', 'python', '', 'node', '', 'go', '', 'esp32', '')
$lksigValued['listen --path'] = @('v1', '', 'v0', '', 'auto', '')
$lksigValued['listen --protocol'] = @()
$lksigValued['listen --client-protocol'] = @()
$lksigValued['listen --sdk'] = @()
$lksigValued['listen --sdk-version'] = @()
$lksigValued['listen --os'] = @()
$lksigValued['listen --os-version'] = @()
$lksigValued['listen --device-model'] = @()
$lksigValued['listen --browser'] = @()
$lksigValued['listen --browser-version'] = @()
$lksigValued['listen --network'] = @()
$lksigValued['listen --capability'] = @('CAP_UNUSED', '', 'CAP_PACKET_TRAILER', '', 'CAP_COMPRESSION_DEFLATE_RAW', '')
$lksigValued['listen --reconnect-reason'] = @('RR_UNKNOWN', '', 'RR_SIGNAL_DISCONNECTED', '', 'RR_PUBLISHER_FAILED', '', 'RR_SUBSCRIBER_FAILED', '', 'RR_SWITCH_CANDIDATE', '')
$lksigValued['listen --resume'] = @()
$lksigValued['listen --publish'] = @()
$lksigValued['listen --metadata'] = @()
$lksigValued['listen --attribute'] = @()
$lksigValued['listen --join'] = @()
$lksigValued['listen --param'] = @()
$lksigValued['listen --token-in'] = @('header', '', 'query', '')
$lksigValued['listen --header'] = @()
$lksigValued['listen -H'] = @()
$lksigValued['listen --cacert'] = @()
$lksigValued['listen --cert'] = @()
$lksigValued['listen --key'] = @()
$lksigValued['listen --servername'] = @()
$lksigValued['listen --proxy'] = @()
$lksigValued['listen -x'] = @()
$lksigValued['listen --connect-timeout'] = @()
$lksigValued['listen --max-message-size'] = @()
$lksigValued['listen --record'] = @()
$lksigValued['listen --format'] = @('line', '', 'tree', '', 'json', '', 'hex', '', 'base64', '', 'raw', '')
$lksigValued['listen --times'] = @('delta', '', 'local', '', 'utc', '', 'both', '')
$lksigValued['listen --filter'] = @()
$lksigValued['record --count'] = @()
$lksigValued['record -n'] = @()
$lksigValued['record --until'] = @()
$lksigValued['record --timeout'] = @()
$lksigValued['record --url'] = @()
$lksigValued['record --curl'] = @()
$lksigValued['record --project'] = @()
$lksigValued['record --token'] = @()
$lksigValued['record --token-file'] = @()
$lksigValued['record --api-key'] = @()
$lksigValued['record --api-secret'] = @()
$lksigValued['record --room'] = @()
$lksigValued['record -r'] = @()
$lksigValued['record --identity'] = @()
$lksigValued['record -i'] = @()
$lksigValued['record --name'] = @()
$lksigValued['record --grant'] = @()
$lksigValued['record --as'] = @('js', '', 'python', '', 'node', '', 'go', '', 'esp32', '')
$lksigValued['record --path'] = @('v1', '', 'v0', '', 'auto', '')
$lksigValued['record --protocol'] = @()
$lksigValued['record --client-protocol'] = @()
$lksigValued['record --sdk'] = @()
$lksigValued['record --sdk-version'] = @()
$lksigValued['record --os'] = @()
$lksigValued['record --os-version'] = @()
$lksigValued['record --device-model'] = @()
$lksigValued['record --browser'] = @()
$lksigValued['record --browser-version'] = @()
$lksigValued['record --network'] = @()
$lksigValued['record --capability'] = @('CAP_UNUSED', '', 'CAP_PACKET_TRAILER', '', 'CAP_COMPRESSION_DEFLATE_RAW', '')
$lksigValued['record --reconnect-reason'] = @('RR_UNKNOWN', '', 'RR_SIGNAL_DISCONNECTED', '', 'RR_PUBLISHER_FAILED', '', 'RR_SUBSCRIBER_FAILED', '', 'RR_SWITCH_CANDIDATE', '')
$lksigValued['record --resume'] = @()
$lksigValued['record --publish'] = @()
$lksigValued['record --metadata'] = @()
$lksigValued['record --attribute'] = @()
$lksigValued['record --join'] = @()
$lksigValued['record --param'] = @()
$lksigValued['record --token-in'] = @('header', '', 'query', '')
$lksigValued['record --header'] = @()
$lksigValued['record -H'] = @()
$lksigValued['record --cacert'] = @()
$lksigValued['record --cert'] = @()
$lksigValued['record --key'] = @()
$lksigValued['record --servername'] = @()
$lksigValued['record --proxy'] = @()
$lksigValued['record -x'] = @()
$lksigValued['record --connect-timeout'] = @()
$lksigValued['record --max-message-size'] = @()
$lksigValued['record --format'] = @('line', '', 'tree', '', 'json', '', 'hex', '', 'base64', '', 'raw', '')
$lksigValued['record --times'] = @('delta', '', 'local', '', 'utc', '', 'both', '')
$lksigValued['record --filter'] = @()
$lksigValued['show --from'] = @()
$lksigValued['show --to'] = @()
$lksigValued['show --state'] = @()
$lksigValued['show --format'] = @('line', '', 'tree', '', 'json', '', 'hex', '', 'base64', '', 'raw', '')
$lksigValued['show --times'] = @('delta', '', 'local', '', 'utc', '', 'both', '')
$lksigValued['show --filter'] = @()
$lksigValued['replay --speed'] = @()
$lksigValued['replay --idle-limit'] = @()
$lksigValued['replay --from'] = @()
$lksigValued['replay --to'] = @()
$lksigValued['replay --until'] = @()
$lksigValued['replay --timeout'] = @()
$lksigValued['replay --port'] = @()
$lksigValued['replay --bind'] = @()
$lksigValued['replay --url'] = @()
$lksigValued['replay --curl'] = @()
$lksigValued['replay --project'] = @()
$lksigValued['replay --token'] = @()
$lksigValued['replay --token-file'] = @()
$lksigValued['replay --api-key'] = @()
$lksigValued['replay --api-secret'] = @()
$lksigValued['replay --room'] = @()
$lksigValued['replay -r'] = @()
$lksigValued['replay --identity'] = @()
$lksigValued['replay -i'] = @()
$lksigValued['replay --name'] = @()
$lksigValued['replay --grant'] = @()
$lksigValued['replay --header'] = @()
$lksigValued['replay -H'] = @()
$lksigValued['replay --cacert'] = @()
$lksigValued['replay --cert'] = @()
$lksigValued['replay --key'] = @()
$lksigValued['replay --servername'] = @()
$lksigValued['replay --proxy'] = @()
$lksigValued['replay -x'] = @()
$lksigValued['replay --connect-timeout'] = @()
$lksigValued['replay --max-message-size'] = @()
$lksigValued['replay --record'] = @()
$lksigValued['replay --format'] = @('line', '', 'tree', '', 'json', '', 'hex', '', 'base64', '', 'raw', '')
$lksigValued['replay --times'] = @('delta', '', 'local', '', 'utc', '', 'both', '')
$lksigValued['replay --filter'] = @()
$lksigValued['diff --filter'] = @()
$lksigValued['export --to'] = @('har', '', 'jsonl', '', 'mermaid', '', 'pytest', '')
$lksigValued['export --output'] = @()
$lksigValued['export -o'] = @()
$lksigValued['decode --format'] = @('tree', '', 'line', '', 'json', '')
$lksigValued['encode --to'] = @('base64', '', 'hex', '', 'c', '', 'raw', '', 'url', '')
$lksigValued['encode --output'] = @()
$lksigValued['encode -o'] = @()
$lksigValued['serve --port'] = @()
$lksigValued['serve --bind'] = @()
$lksigValued['serve --api-key'] = @()
$lksigValued['serve --key'] = @()
$lksigValued['serve --api-secret'] = @()
$lksigValued['serve --secret'] = @()
$lksigValued['serve --with'] = @()
$lksigValued['serve --join-timeout'] = @()
$lksigValued['serve --max-participants'] = @()
$lksigValued['serve --record'] = @()
$lksigValued['serve --format'] = @('line', '', 'tree', '', 'json', '', 'hex', '', 'base64', '', 'raw', '')
$lksigValued['serve --times'] = @('delta', '', 'local', '', 'utc', '', 'both', '')
$lksigValued['serve --filter'] = @()
$lksigFixed = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigFixed['completions 0'] = @('show', 'print the script', 'install', 'write it where the shell looks for it')
$lksigFixed['completions 1'] = @('bash', '', 'zsh', '', 'fish', '', 'powershell', '')
$lksigWords = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigWords['connect'] = 'filters'
$lksigWords['send'] = 'requests'
$lksigWords['listen'] = 'filters'
$lksigWords['record'] = 'filters'
$lksigWords['show'] = 'filters'
$lksigWords['replay'] = 'filters'
$lksigWords['diff'] = 'filters'
$lksigWords['import'] = 'none'
$lksigWords['export'] = 'none'
$lksigWords['redact'] = 'none'
$lksigWords['decode'] = 'none'
$lksigWords['encode'] = 'requests'
$lksigWords['schema'] = 'names'
$lksigWords['serve'] = 'none'
$lksigWords['completions'] = 'none'
$lksigFiles = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigFiles['connect'] = 0
$lksigFiles['send'] = 0
$lksigFiles['listen'] = 0
$lksigFiles['record'] = 1
$lksigFiles['show'] = 1
$lksigFiles['replay'] = 1
$lksigFiles['diff'] = 2
$lksigFiles['import'] = 2
$lksigFiles['export'] = 1
$lksigFiles['redact'] = 2
$lksigFiles['decode'] = 1
$lksigFiles['encode'] = 0
$lksigFiles['schema'] = 0
$lksigFiles['serve'] = 0
$lksigFiles['completions'] = 0
$lksigFields = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigFields['offer '] = @('type=', 'Kind of description: ''offer'', ''answer'', ''pranswer'' or ''rollback''', 'sdp=', 'The session description itself, lines ended by CR LF', 'id=', 'Number that ties an answer to its offer', 'mid_to_track_id.', 'Media section (''a=mid'') to track sid, for tracks that the client…')
$lksigFields['answer '] = @('type=', 'Kind of description: ''offer'', ''answer'', ''pranswer'' or ''rollback''', 'sdp=', 'The session description itself, lines ended by CR LF', 'id=', 'Number that ties an answer to its offer', 'mid_to_track_id.', 'Media section (''a=mid'') to track sid, for tracks that the client…')
$lksigFields['trickle '] = @('candidateInit=', 'The candidate as JSON text, as a browser''s ''RTCIceCandidate.toJSON''…', 'target=', 'Peer connection the candidate belongs to', 'final=', 'True with the last candidate of the sender')
$lksigFields['add_track layers.0.'] = @('quality=', 'Rung of the ladder this layer is; LOW when unset', 'width=', 'Width of this layer [px]', 'height=', 'Height of this layer [px]', 'bitrate=', 'Bit rate the publisher aims at [bit/s]', 'ssrc=', 'RTP SSRC of the stream that carries this layer', 'spatial_layer=', 'Index of the spatial layer, 0 the lowest', 'rid=', 'RTP stream id (''a=rid'') of this layer, such as ''q'', ''h'', ''f''', 'repair_ssrc=', 'RTP SSRC of the retransmissions of this layer')
$lksigFields['add_track simulcast_codecs.0.layers.0.'] = @('quality=', 'Rung of the ladder this layer is; LOW when unset', 'width=', 'Width of this layer [px]', 'height=', 'Height of this layer [px]', 'bitrate=', 'Bit rate the publisher aims at [bit/s]', 'ssrc=', 'RTP SSRC of the stream that carries this layer', 'spatial_layer=', 'Index of the spatial layer, 0 the lowest', 'rid=', 'RTP stream id (''a=rid'') of this layer, such as ''q'', ''h'', ''f''', 'repair_ssrc=', 'RTP SSRC of the retransmissions of this layer')
$lksigFields['add_track simulcast_codecs.0.'] = @('codec=', 'Codec name, with or without the media prefix: ''vp8'' or ''video/VP8''', 'cid=', 'Client''s id of the media of this codec, as in its SDP section', 'layers.0.', 'Simulcast layers of this codec', 'video_layer_mode=', 'How spatial layers are laid out over RTP streams')
$lksigFields['add_track '] = @('cid=', 'Client''s own id of the track, repeated in ''track_published''', 'name=', 'Name of the track, shown to others', 'type=', 'Kind of media: AUDIO when unset, or VIDEO', 'width=', 'Width of the picture before simulcast scaling [px]', 'height=', 'Height of the picture before simulcast scaling [px]', 'muted=', 'True to publish the track in muted state', 'source=', 'What produces the media; UNKNOWN when unset', 'layers.0.', 'Simulcast layers that will be sent, for every codec without layers of…', 'simulcast_codecs.0.', 'Codecs to publish, the preferred one first, backups after it', 'sid=', 'Sid of a published track, to add a codec to it', 'disable_red=', 'True when audio is sent without redundant encoding (RED)', 'encryption=', 'End-to-end encryption of the media; NONE when unset', 'stream=', 'Group of tracks that are played in sync', 'backup_codec_policy=', 'What to do for subscribers that cannot receive the preferred codec', 'audio_features+=', 'Properties of the audio, such as stereo or noise suppression', 'packet_trailer_features+=', 'What the publisher appends to each encoded frame as a trailer', 'disable_dtx=', 'Deprecated by TF_NO_DTX in ''audio_features'': no discontinuous…', 'stereo=', 'Deprecated by TF_STEREO in ''audio_features'': two audio channels')
$lksigFields['mute '] = @('sid=', 'Sid of the track (''TR_...''), not its ''cid''', 'muted=', 'True to mute, false (unset) to unmute')
$lksigFields['subscription participant_tracks.0.'] = @('participant_sid=', 'Sid of the publisher (''PA_...'')', 'track_sids+=', 'Sids of the publisher''s tracks')
$lksigFields['subscription '] = @('track_sids+=', 'Sids of the tracks (''TR_...'')', 'subscribe=', 'True to subscribe, false (unset) to unsubscribe', 'participant_tracks.0.', 'More tracks, grouped by their publisher')
$lksigFields['track_setting '] = @('track_sids+=', 'Sids of the subscribed tracks (''TR_...'')', 'disabled=', 'True to pause the tracks without ending the subscription', 'quality=', 'Highest layer to receive; LOW when unset', 'width=', 'Width at which the video is shown [px]', 'height=', 'Height at which the video is shown [px]', 'fps=', 'Highest frame rate to receive [1/s]', 'priority=', 'Rank among one''s subscriptions when bandwidth is short, 1 the highest')
$lksigFields['leave regions.regions.0.'] = @('region=', 'Name of the region', 'url=', 'URL to connect to for this region', 'distance=', 'Distance from the client to the region')
$lksigFields['leave regions.'] = @('regions.0.', 'The regions, in the order in which they should be tried')
$lksigFields['leave '] = @('can_reconnect=', 'Replaced by ''action'' from protocol 13 on: the client may join again', 'reason=', 'Why the session ends; UNKNOWN_REASON when unset', 'action=', 'What the client is to do next; DISCONNECT when unset', 'regions.', 'Where else to connect, best first; LiveKit Cloud only')
$lksigFields['update_layers layers.0.'] = @('quality=', 'Rung of the ladder this layer is; LOW when unset', 'width=', 'Width of this layer [px]', 'height=', 'Height of this layer [px]', 'bitrate=', 'Bit rate the publisher aims at [bit/s]', 'ssrc=', 'RTP SSRC of the stream that carries this layer', 'spatial_layer=', 'Index of the spatial layer, 0 the lowest', 'rid=', 'RTP stream id (''a=rid'') of this layer, such as ''q'', ''h'', ''f''', 'repair_ssrc=', 'RTP SSRC of the retransmissions of this layer')
$lksigFields['update_layers '] = @('track_sid=', 'Sid of the track', 'layers.0.', 'The layers')
$lksigFields['subscription_permission track_permissions.0.'] = @('participant_sid=', 'Sid of the subscriber (''PA_...'')', 'all_tracks=', 'True to allow all tracks, later ones too', 'track_sids+=', 'Sids of the allowed tracks, when ''all_tracks'' is false', 'participant_identity=', 'Identity of the subscriber')
$lksigFields['subscription_permission '] = @('all_participants=', 'True to allow everybody everything; ''track_permissions'' is then ignored', 'track_permissions.0.', 'One entry per participant that may subscribe')
$lksigFields['sync_state answer.'] = @('type=', 'Kind of description: ''offer'', ''answer'', ''pranswer'' or ''rollback''', 'sdp=', 'The session description itself, lines ended by CR LF', 'id=', 'Number that ties an answer to its offer', 'mid_to_track_id.', 'Media section (''a=mid'') to track sid, for tracks that the client…')
$lksigFields['sync_state subscription.participant_tracks.0.'] = @('participant_sid=', 'Sid of the publisher (''PA_...'')', 'track_sids+=', 'Sids of the publisher''s tracks')
$lksigFields['sync_state subscription.'] = @('track_sids+=', 'Sids of the tracks (''TR_...'')', 'subscribe=', 'True to subscribe, false (unset) to unsubscribe', 'participant_tracks.0.', 'More tracks, grouped by their publisher')
$lksigFields['sync_state publish_tracks.0.track.codecs.0.layers.0.'] = @('quality=', 'Rung of the ladder this layer is; LOW when unset', 'width=', 'Width of this layer [px]', 'height=', 'Height of this layer [px]', 'bitrate=', 'Bit rate the publisher aims at [bit/s]', 'ssrc=', 'RTP SSRC of the stream that carries this layer', 'spatial_layer=', 'Index of the spatial layer, 0 the lowest', 'rid=', 'RTP stream id (''a=rid'') of this layer, such as ''q'', ''h'', ''f''', 'repair_ssrc=', 'RTP SSRC of the retransmissions of this layer')
$lksigFields['sync_state publish_tracks.0.track.codecs.0.'] = @('mime_type=', 'Codec, such as ''video/VP8''', 'mid=', 'Media section (''a=mid'') of this codec in the publisher''s SDP', 'cid=', 'Client''s id of this codec''s media, as in ''add_track''', 'layers.0.', 'Layers of this codec', 'video_layer_mode=', 'How its spatial layers are laid out over RTP streams', 'sdp_cid=', 'Client''s id as it stands in the SDP, when that differs from ''cid''')
$lksigFields['sync_state publish_tracks.0.track.version.'] = @('unix_micro=', 'Clock of the node that made it [unix us]', 'ticks=', 'Counts versions made within the same microsecond')
$lksigFields['sync_state publish_tracks.0.track.layers.0.'] = @('quality=', 'Rung of the ladder this layer is; LOW when unset', 'width=', 'Width of this layer [px]', 'height=', 'Height of this layer [px]', 'bitrate=', 'Bit rate the publisher aims at [bit/s]', 'ssrc=', 'RTP SSRC of the stream that carries this layer', 'spatial_layer=', 'Index of the spatial layer, 0 the lowest', 'rid=', 'RTP stream id (''a=rid'') of this layer, such as ''q'', ''h'', ''f''', 'repair_ssrc=', 'RTP SSRC of the retransmissions of this layer')
$lksigFields['sync_state publish_tracks.0.track.'] = @('sid=', 'Sid of the track, given by the server', 'type=', 'Kind of media; AUDIO when unset', 'name=', 'Name of the track, chosen by its publisher; personal data', 'muted=', 'True while the track is muted', 'width=', 'Width of the original picture [px]', 'height=', 'Height of the original picture [px]', 'source=', 'What produces the media; UNKNOWN when unset', 'mime_type=', 'Codec in use, such as ''video/VP8''', 'mid=', 'Media section (''a=mid'') in the publisher''s SDP', 'codecs.0.', 'Codecs the track is published in, the preferred one first', 'disable_red=', 'True when audio is sent without redundant encoding (RED)', 'encryption=', 'End-to-end encryption of the media; NONE when unset', 'stream=', 'Group of tracks that are played in sync', 'version.', 'Version of this description, for ordering updates', 'audio_features+=', 'Properties of the audio, such as stereo or noise suppression', 'backup_codec_policy=', 'What is done for subscribers that cannot receive the preferred codec', 'packet_trailer_features+=', 'What the publisher appends to each encoded frame as a trailer', 'simulcast=', 'Deprecated by ''video_layer_mode'' in ''codecs'': several layers are sent', 'disable_dtx=', 'Deprecated by TF_NO_DTX in ''audio_features'': no discontinuous…', 'layers.0.', 'Deprecated by ''layers'' in ''codecs'': layers of the track', 'stereo=', 'Deprecated by TF_STEREO in ''audio_features'': two audio channels')
$lksigFields['sync_state publish_tracks.0.'] = @('cid=', 'The ''cid'' of the ''add_track'' request', 'track.', 'The track, now with its sid')
$lksigFields['sync_state data_channels.0.'] = @('label=', 'Label, such as ''_reliable'', ''_lossy'' or ''_data_track''', 'id=', 'SCTP stream id of the channel', 'target=', 'Peer connection it belongs to; PUBLISHER when unset')
$lksigFields['sync_state offer.'] = @('type=', 'Kind of description: ''offer'', ''answer'', ''pranswer'' or ''rollback''', 'sdp=', 'The session description itself, lines ended by CR LF', 'id=', 'Number that ties an answer to its offer', 'mid_to_track_id.', 'Media section (''a=mid'') to track sid, for tracks that the client…')
$lksigFields['sync_state datachannel_receive_states.0.'] = @('publisher_sid=', 'Sid of the publisher (''PA_...'')', 'last_seq=', 'Sequence number of the last packet received from it')
$lksigFields['sync_state publish_data_tracks.0.info.frame_encoding.'] = @('well_known=', 'An encoding with a number', 'custom=', 'Name of an encoding of the application''s own, 1 to 32 bytes')
$lksigFields['sync_state publish_data_tracks.0.info.schema.encoding.'] = @('well_known=', 'A schema language with a number', 'custom=', 'Name of a schema language of the application''s own, 1 to 32 bytes')
$lksigFields['sync_state publish_data_tracks.0.info.schema.'] = @('name=', 'Name of the schema, meant to have 1 to 256 characters', 'encoding.', 'Language of the schema')
$lksigFields['sync_state publish_data_tracks.0.info.'] = @('pub_handle=', 'Number of the track in the publisher''s packets', 'sid=', 'Sid of the track (''DTR_...''), given by the server', 'name=', 'Name of the track, unique among its publisher''s', 'encryption=', 'End-to-end encryption of the frames; NONE when unset', 'frame_encoding.', 'How the frames are encoded; unset for an untyped track', 'schema.', 'Id of the schema that describes the frames; unset when there is none')
$lksigFields['sync_state publish_data_tracks.0.'] = @('info.', 'The track, now with its sid')
$lksigFields['sync_state data_subscription.updates.0.options.'] = @('target_fps=', 'Frame rate the subscriber wants [1/s]')
$lksigFields['sync_state data_subscription.updates.0.'] = @('track_sid=', 'Sid of the data track (''DTR_...'')', 'subscribe=', 'True to subscribe, false (unset) to unsubscribe', 'options.', 'How to receive it; unset for the defaults')
$lksigFields['sync_state data_subscription.'] = @('updates.0.', 'The changes, carried out in order')
$lksigFields['sync_state '] = @('answer.', 'Last answer before the interruption', 'subscription.', 'Subscriptions that differ from what ''auto_subscribe'' gives', 'publish_tracks.0.', 'Every media track the client publishes, with its ''cid''', 'data_channels.0.', 'Data channels the client has open', 'offer.', 'Offer that ''answer'' belongs to', 'track_sids_disabled+=', 'Sids of subscribed tracks that are paused', 'datachannel_receive_states.0.', 'How far the client has received each publisher''s reliable data', 'publish_data_tracks.0.', 'Every data track the client publishes', 'data_subscription.', 'Data subscriptions the client holds')
$lksigFields['simulate '] = @('speaker_update=', 'Pretends that the sender speaks, for so long [s]', 'node_failure=', 'Drops the session as a dying node would', 'migration=', 'Drops the session as if it moved to another node', 'server_leave=', 'Ends the session as a stopping server would', 'switch_candidate_protocol=', 'Restarts ICE with another transport preference', 'subscriber_bandwidth=', 'Caps what the server sends to this client [bit/s]', 'disconnect_signal_on_resume=', 'Closes the socket of the next resume after its first messages', 'disconnect_signal_on_resume_no_messages=', 'Fails the next resume before any message', 'leave_request_full_reconnect=', 'Asks for a ''leave'' with RECONNECT; the open-source server ignores it')
$lksigFields['update_metadata '] = @('metadata=', 'New metadata, free text of the application', 'name=', 'New name, shown to others', 'attributes.', 'Attributes to set, by key; keys not named stay', 'request_id=', 'Number chosen by the client that comes back in ''request_response''')
$lksigFields['ping_req '] = @('timestamp=', 'Client''s clock when sending [unix ms]', 'rtt=', 'Round-trip time the client measured last [ms]')
$lksigFields['update_audio_track '] = @('track_sid=', 'Sid of the track (''TR_...''), not its ''cid''', 'features+=', 'All features the track has now; replaces the earlier list')
$lksigFields['update_video_track '] = @('track_sid=', 'Sid of the track (''TR_...''), not its ''cid''', 'width=', 'New width of the picture [px]', 'height=', 'New height of the picture [px]')
$lksigFields['publish_data_track_request frame_encoding.'] = @('well_known=', 'An encoding with a number', 'custom=', 'Name of an encoding of the application''s own, 1 to 32 bytes')
$lksigFields['publish_data_track_request schema.encoding.'] = @('well_known=', 'A schema language with a number', 'custom=', 'Name of a schema language of the application''s own, 1 to 32 bytes')
$lksigFields['publish_data_track_request schema.'] = @('name=', 'Name of the schema, meant to have 1 to 256 characters', 'encoding.', 'Language of the schema')
$lksigFields['publish_data_track_request '] = @('pub_handle=', 'Number of the track in the publisher''s packets, 1 to 65535', 'name=', 'Name of the track, 1 to 256 bytes, unique among one''s data tracks', 'encryption=', 'End-to-end encryption of the frames; NONE when unset', 'frame_encoding.', 'How the frames are encoded; unset for an untyped track', 'schema.', 'Id of the schema that describes the frames, if the track is typed')
$lksigFields['unpublish_data_track_request '] = @('pub_handle=', 'The ''pub_handle'' it was published under')
$lksigFields['update_data_subscription updates.0.options.'] = @('target_fps=', 'Frame rate the subscriber wants [1/s]')
$lksigFields['update_data_subscription updates.0.'] = @('track_sid=', 'Sid of the data track (''DTR_...'')', 'subscribe=', 'True to subscribe, false (unset) to unsubscribe', 'options.', 'How to receive it; unset for the defaults')
$lksigFields['update_data_subscription '] = @('updates.0.', 'The changes, carried out in order')
$lksigFields['store_data_blob_request blob.key.schema_id.encoding.'] = @('well_known=', 'A schema language with a number', 'custom=', 'Name of a schema language of the application''s own, 1 to 32 bytes')
$lksigFields['store_data_blob_request blob.key.schema_id.'] = @('name=', 'Name of the schema, meant to have 1 to 256 characters', 'encoding.', 'Language of the schema')
$lksigFields['store_data_blob_request blob.key.'] = @('generic=', 'Free name; the contents are whatever the application wants', 'schema_id.', 'Id of a data-track schema; the contents are that schema')
$lksigFields['store_data_blob_request blob.'] = @('key.', 'Name it is stored under', 'contents=', 'The data itself')
$lksigFields['store_data_blob_request '] = @('request_id=', 'Number chosen by the client that comes back in the answer', 'blob.', 'Key and contents; an existing blob of that key is replaced')
$lksigFields['get_data_blob_request key.schema_id.encoding.'] = @('well_known=', 'A schema language with a number', 'custom=', 'Name of a schema language of the application''s own, 1 to 32 bytes')
$lksigFields['get_data_blob_request key.schema_id.'] = @('name=', 'Name of the schema, meant to have 1 to 256 characters', 'encoding.', 'Language of the schema')
$lksigFields['get_data_blob_request key.'] = @('generic=', 'Free name; the contents are whatever the application wants', 'schema_id.', 'Id of a data-track schema; the contents are that schema')
$lksigFields['get_data_blob_request '] = @('request_id=', 'Number chosen by the client that comes back in the answer', 'participant_identity=', 'Identity of the participant that stored it; may be oneself', 'key.', 'Key it was stored under')
$lksigValues = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
$lksigValues['offer type'] = @('offer', 'proposes a session', 'answer', 'accepts an offer')
$lksigValues['answer type'] = @('offer', 'proposes a session', 'answer', 'accepts an offer')
$lksigValues['trickle target'] = @('PUBLISHER', 'The connection that carries media from client to server', 'SUBSCRIBER', 'The connection that carries media from server to client')
$lksigValues['trickle final'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['add_track type'] = @('AUDIO', 'Sound; the default, so it is absent on the wire', 'VIDEO', 'Moving pictures', 'DATA', 'Data; not accepted in ''add_track''')
$lksigValues['add_track muted'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['add_track source'] = @('UNKNOWN', 'Not stated; the default', 'CAMERA', 'Camera', 'MICROPHONE', 'Microphone', 'SCREEN_SHARE', 'Picture of a shared screen', 'SCREEN_SHARE_AUDIO', 'Sound that belongs to a shared screen')
$lksigValues['add_track layers.0.quality'] = @('LOW', 'Lowest layer; the default, so it is absent on the wire', 'MEDIUM', 'Middle layer', 'HIGH', 'Highest layer; the one of a track with a single layer', 'OFF', 'No layer wanted')
$lksigValues['add_track simulcast_codecs.0.layers.0.quality'] = @('LOW', 'Lowest layer; the default, so it is absent on the wire', 'MEDIUM', 'Middle layer', 'HIGH', 'Highest layer; the one of a track with a single layer', 'OFF', 'No layer wanted')
$lksigValues['add_track simulcast_codecs.0.video_layer_mode'] = @('MODE_UNUSED', 'Not stated; the server chooses by codec', 'ONE_SPATIAL_LAYER_PER_STREAM', 'Simulcast: one RTP stream per layer', 'MULTIPLE_SPATIAL_LAYERS_PER_STREAM', 'Scalable coding (SVC): all layers in one RTP stream', 'ONE_SPATIAL_LAYER_PER_STREAM_INCOMPLETE_RTCP_SR', 'Simulcast by a sender whose RTCP sender reports are incomplete')
$lksigValues['add_track disable_red'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['add_track encryption'] = @('NONE', 'Not encrypted end to end; the default', 'GCM', 'AES-GCM on the frames, as LiveKit''s own SDKs do it', 'CUSTOM', 'A scheme of the application''s own')
$lksigValues['add_track backup_codec_policy'] = @('PREFER_REGRESSION', 'Switch everybody to the backup codec where the publisher can; the…', 'SIMULCAST', 'Send both codecs at the same time, each subscriber gets what it can…', 'REGRESSION', 'Always switch everybody to the backup codec')
$lksigValues['add_track audio_features'] = @('TF_STEREO', 'Two channels', 'TF_NO_DTX', 'No discontinuous transmission: silence is sent too', 'TF_AUTO_GAIN_CONTROL', 'The publisher evens out the loudness', 'TF_ECHO_CANCELLATION', 'The publisher removes echo', 'TF_NOISE_SUPPRESSION', 'The publisher suppresses noise with the platform''s means', 'TF_ENHANCED_NOISE_CANCELLATION', 'The publisher suppresses noise with a model of its own, such as Krisp', 'TF_PRECONNECT_BUFFER', 'Sound from before the connection was up is delivered afterwards')
$lksigValues['add_track packet_trailer_features'] = @('PTF_USER_TIMESTAMP', 'A time stamp of the application', 'PTF_FRAME_ID', 'A number of the frame', 'PTF_USER_DATA', 'Bytes of the application')
$lksigValues['add_track disable_dtx'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['add_track stereo'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['mute muted'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['subscription subscribe'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['track_setting disabled'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['track_setting quality'] = @('LOW', 'Lowest layer; the default, so it is absent on the wire', 'MEDIUM', 'Middle layer', 'HIGH', 'Highest layer; the one of a track with a single layer', 'OFF', 'No layer wanted')
$lksigValues['leave can_reconnect'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['leave reason'] = @('UNKNOWN_REASON', 'Not stated; the default, so it is absent on the wire', 'CLIENT_INITIATED', 'The client left by itself', 'DUPLICATE_IDENTITY', 'Somebody joined with the same identity and took its place', 'SERVER_SHUTDOWN', 'The server is stopping, or was told to act as if it were', 'PARTICIPANT_REMOVED', 'An administrator removed the participant by the server API', 'ROOM_DELETED', 'An administrator deleted the room by the server API', 'STATE_MISMATCH', 'Client and server no longer agree; a full reconnect is needed', 'JOIN_FAILURE', 'The participant never got fully connected', 'MIGRATION', 'The session is moved to another node', 'SIGNAL_CLOSE', 'The WebSocket went away and there was no media connection to keep the…', 'ROOM_CLOSED', 'The room was closed because nobody but agents and recorders was left', 'USER_UNAVAILABLE', 'The called SIP party did not answer in time', 'USER_REJECTED', 'The called SIP party turned the call down or was busy', 'SIP_TRUNK_FAILURE', 'The SIP side failed or answered unexpectedly', 'CONNECTION_TIMEOUT', 'The media connection was lost and did not come back', 'MEDIA_FAILURE', 'The media stream failed or stopped arriving', 'AGENT_ERROR', 'The agent ran into an error')
$lksigValues['leave action'] = @('DISCONNECT', 'Stay away; the default, so it is absent on the wire', 'RESUME', 'Open a new WebSocket with the reconnect flag and keep the session', 'RECONNECT', 'Join anew, without the reconnect flag, and publish everything again')
$lksigValues['update_layers layers.0.quality'] = @('LOW', 'Lowest layer; the default, so it is absent on the wire', 'MEDIUM', 'Middle layer', 'HIGH', 'Highest layer; the one of a track with a single layer', 'OFF', 'No layer wanted')
$lksigValues['subscription_permission all_participants'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['subscription_permission track_permissions.0.all_tracks'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['sync_state answer.type'] = @('offer', 'proposes a session', 'answer', 'accepts an offer')
$lksigValues['sync_state subscription.subscribe'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['sync_state publish_tracks.0.track.type'] = @('AUDIO', 'Sound; the default, so it is absent on the wire', 'VIDEO', 'Moving pictures', 'DATA', 'Data; not accepted in ''add_track''')
$lksigValues['sync_state publish_tracks.0.track.muted'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['sync_state publish_tracks.0.track.source'] = @('UNKNOWN', 'Not stated; the default', 'CAMERA', 'Camera', 'MICROPHONE', 'Microphone', 'SCREEN_SHARE', 'Picture of a shared screen', 'SCREEN_SHARE_AUDIO', 'Sound that belongs to a shared screen')
$lksigValues['sync_state publish_tracks.0.track.codecs.0.layers.0.quality'] = @('LOW', 'Lowest layer; the default, so it is absent on the wire', 'MEDIUM', 'Middle layer', 'HIGH', 'Highest layer; the one of a track with a single layer', 'OFF', 'No layer wanted')
$lksigValues['sync_state publish_tracks.0.track.codecs.0.video_layer_mode'] = @('MODE_UNUSED', 'Not stated; the server chooses by codec', 'ONE_SPATIAL_LAYER_PER_STREAM', 'Simulcast: one RTP stream per layer', 'MULTIPLE_SPATIAL_LAYERS_PER_STREAM', 'Scalable coding (SVC): all layers in one RTP stream', 'ONE_SPATIAL_LAYER_PER_STREAM_INCOMPLETE_RTCP_SR', 'Simulcast by a sender whose RTCP sender reports are incomplete')
$lksigValues['sync_state publish_tracks.0.track.disable_red'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['sync_state publish_tracks.0.track.encryption'] = @('NONE', 'Not encrypted end to end; the default', 'GCM', 'AES-GCM on the frames, as LiveKit''s own SDKs do it', 'CUSTOM', 'A scheme of the application''s own')
$lksigValues['sync_state publish_tracks.0.track.version.unix_micro'] = @('now', 'the time at which it is sent')
$lksigValues['sync_state publish_tracks.0.track.audio_features'] = @('TF_STEREO', 'Two channels', 'TF_NO_DTX', 'No discontinuous transmission: silence is sent too', 'TF_AUTO_GAIN_CONTROL', 'The publisher evens out the loudness', 'TF_ECHO_CANCELLATION', 'The publisher removes echo', 'TF_NOISE_SUPPRESSION', 'The publisher suppresses noise with the platform''s means', 'TF_ENHANCED_NOISE_CANCELLATION', 'The publisher suppresses noise with a model of its own, such as Krisp', 'TF_PRECONNECT_BUFFER', 'Sound from before the connection was up is delivered afterwards')
$lksigValues['sync_state publish_tracks.0.track.backup_codec_policy'] = @('PREFER_REGRESSION', 'Switch everybody to the backup codec where the publisher can; the…', 'SIMULCAST', 'Send both codecs at the same time, each subscriber gets what it can…', 'REGRESSION', 'Always switch everybody to the backup codec')
$lksigValues['sync_state publish_tracks.0.track.packet_trailer_features'] = @('PTF_USER_TIMESTAMP', 'A time stamp of the application', 'PTF_FRAME_ID', 'A number of the frame', 'PTF_USER_DATA', 'Bytes of the application')
$lksigValues['sync_state publish_tracks.0.track.simulcast'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['sync_state publish_tracks.0.track.disable_dtx'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['sync_state publish_tracks.0.track.layers.0.quality'] = @('LOW', 'Lowest layer; the default, so it is absent on the wire', 'MEDIUM', 'Middle layer', 'HIGH', 'Highest layer; the one of a track with a single layer', 'OFF', 'No layer wanted')
$lksigValues['sync_state publish_tracks.0.track.stereo'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['sync_state data_channels.0.target'] = @('PUBLISHER', 'The connection that carries media from client to server', 'SUBSCRIBER', 'The connection that carries media from server to client')
$lksigValues['sync_state offer.type'] = @('offer', 'proposes a session', 'answer', 'accepts an offer')
$lksigValues['sync_state publish_data_tracks.0.info.encryption'] = @('NONE', 'Not encrypted end to end; the default', 'GCM', 'AES-GCM on the frames, as LiveKit''s own SDKs do it', 'CUSTOM', 'A scheme of the application''s own')
$lksigValues['sync_state publish_data_tracks.0.info.frame_encoding.well_known'] = @('WELL_KNOWN_FRAME_ENCODING_UNSPECIFIED', 'Not stated', 'WELL_KNOWN_FRAME_ENCODING_ROS1', 'ROS 1 serialization; its schema is ROS1_MSG', 'WELL_KNOWN_FRAME_ENCODING_CDR', 'CDR, as ROS 2 and DDS use it; its schema is ROS2_MSG, ROS2_IDL or…', 'WELL_KNOWN_FRAME_ENCODING_PROTOBUF', 'Protocol Buffers; its schema is PROTOBUF', 'WELL_KNOWN_FRAME_ENCODING_FLATBUFFER', 'FlatBuffers; its schema is FLATBUFFER', 'WELL_KNOWN_FRAME_ENCODING_CBOR', 'CBOR; needs no schema', 'WELL_KNOWN_FRAME_ENCODING_MSGPACK', 'MessagePack; needs no schema', 'WELL_KNOWN_FRAME_ENCODING_JSON', 'JSON; needs no schema, JSON_SCHEMA may describe it')
$lksigValues['sync_state publish_data_tracks.0.info.schema.encoding.well_known'] = @('WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED', 'Not stated', 'WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF', 'Protocol Buffers definitions, for PROTOBUF frames', 'WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER', 'FlatBuffers definitions, for FLATBUFFER frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG', 'ROS 1 message definition, for ROS1 frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG', 'ROS 2 message definition, for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL', 'ROS 2 interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL', 'OMG interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA', 'JSON Schema, for JSON frames')
$lksigValues['sync_state data_subscription.updates.0.subscribe'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['simulate node_failure'] = @('true', '', 'false', '')
$lksigValues['simulate migration'] = @('true', '', 'false', '')
$lksigValues['simulate server_leave'] = @('true', '', 'false', '')
$lksigValues['simulate switch_candidate_protocol'] = @('UDP', 'No preference; the default', 'TCP', 'ICE over TCP only', 'TLS', 'TURN over TLS only; clients are told to force the relay')
$lksigValues['simulate disconnect_signal_on_resume'] = @('true', '', 'false', '')
$lksigValues['simulate disconnect_signal_on_resume_no_messages'] = @('true', '', 'false', '')
$lksigValues['simulate leave_request_full_reconnect'] = @('true', '', 'false', '')
$lksigValues['ping_req timestamp'] = @('now', 'the time at which it is sent')
$lksigValues['update_audio_track features'] = @('TF_STEREO', 'Two channels', 'TF_NO_DTX', 'No discontinuous transmission: silence is sent too', 'TF_AUTO_GAIN_CONTROL', 'The publisher evens out the loudness', 'TF_ECHO_CANCELLATION', 'The publisher removes echo', 'TF_NOISE_SUPPRESSION', 'The publisher suppresses noise with the platform''s means', 'TF_ENHANCED_NOISE_CANCELLATION', 'The publisher suppresses noise with a model of its own, such as Krisp', 'TF_PRECONNECT_BUFFER', 'Sound from before the connection was up is delivered afterwards')
$lksigValues['publish_data_track_request encryption'] = @('NONE', 'Not encrypted end to end; the default', 'GCM', 'AES-GCM on the frames, as LiveKit''s own SDKs do it', 'CUSTOM', 'A scheme of the application''s own')
$lksigValues['publish_data_track_request frame_encoding.well_known'] = @('WELL_KNOWN_FRAME_ENCODING_UNSPECIFIED', 'Not stated', 'WELL_KNOWN_FRAME_ENCODING_ROS1', 'ROS 1 serialization; its schema is ROS1_MSG', 'WELL_KNOWN_FRAME_ENCODING_CDR', 'CDR, as ROS 2 and DDS use it; its schema is ROS2_MSG, ROS2_IDL or…', 'WELL_KNOWN_FRAME_ENCODING_PROTOBUF', 'Protocol Buffers; its schema is PROTOBUF', 'WELL_KNOWN_FRAME_ENCODING_FLATBUFFER', 'FlatBuffers; its schema is FLATBUFFER', 'WELL_KNOWN_FRAME_ENCODING_CBOR', 'CBOR; needs no schema', 'WELL_KNOWN_FRAME_ENCODING_MSGPACK', 'MessagePack; needs no schema', 'WELL_KNOWN_FRAME_ENCODING_JSON', 'JSON; needs no schema, JSON_SCHEMA may describe it')
$lksigValues['publish_data_track_request schema.encoding.well_known'] = @('WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED', 'Not stated', 'WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF', 'Protocol Buffers definitions, for PROTOBUF frames', 'WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER', 'FlatBuffers definitions, for FLATBUFFER frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG', 'ROS 1 message definition, for ROS1 frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG', 'ROS 2 message definition, for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL', 'ROS 2 interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL', 'OMG interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA', 'JSON Schema, for JSON frames')
$lksigValues['update_data_subscription updates.0.subscribe'] = @('true', '', 'false', 'as when it is left out')
$lksigValues['store_data_blob_request blob.key.schema_id.encoding.well_known'] = @('WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED', 'Not stated', 'WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF', 'Protocol Buffers definitions, for PROTOBUF frames', 'WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER', 'FlatBuffers definitions, for FLATBUFFER frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG', 'ROS 1 message definition, for ROS1 frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG', 'ROS 2 message definition, for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL', 'ROS 2 interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL', 'OMG interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA', 'JSON Schema, for JSON frames')
$lksigValues['store_data_blob_request blob.contents'] = @('hex:', 'bytes, two digits each', 'b64:', 'bytes as base64')
$lksigValues['get_data_blob_request key.schema_id.encoding.well_known'] = @('WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED', 'Not stated', 'WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF', 'Protocol Buffers definitions, for PROTOBUF frames', 'WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER', 'FlatBuffers definitions, for FLATBUFFER frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG', 'ROS 1 message definition, for ROS1 frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG', 'ROS 2 message definition, for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL', 'ROS 2 interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL', 'OMG interface definition (IDL), for CDR frames', 'WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA', 'JSON Schema, for JSON frames')

Register-ArgumentCompleter -Native -CommandName lksig -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    function Plain($path) {
        while ($path -match '^(.*\.)[1-9][0-9]*(\..*)?$') { $path = $Matches[1] + '0' + $Matches[2] }
        $path
    }
    function Offer($before, $entries) {
        for ($at = 0; $at + 1 -lt $entries.Count; $at += 2) {
            $word = $before + $entries[$at]
            if ($word.StartsWith($wordToComplete, [StringComparison]::Ordinal)) {
                $meaning = if ($entries[$at + 1]) { $entries[$at + 1] } else { $word }
                [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $meaning)
            }
        }
    }
    function Request($case, $set) {
        if ($wordToComplete.Contains('=')) {
            $head = $wordToComplete.Substring(0, $wordToComplete.IndexOf('=') + 1)
            Offer $head $lksigValues["$case $(Plain $head.TrimEnd('=', '+'))"]
            return
        }
        $plain = Plain $wordToComplete
        $head = $plain
        do {
            $head = $head -replace '[^.]*$', ''
            $entries = $lksigFields["$case $head"]
            $more = -not $entries -and $head
            if ($more) { $head = $head.TrimEnd('.') }
        } while ($more)
        $fresh = @()
        for ($at = 0; $at + 1 -lt $entries.Count; $at += 2) {
            $word = $head + $entries[$at]
            if (-not $word.StartsWith($plain, [StringComparison]::Ordinal)) { continue }
            $word = $wordToComplete + $word.Substring($plain.Length)
            $once = $word.EndsWith('=') -and -not $word.EndsWith('+=')
            if ($once -and ($set | Where-Object { $_.StartsWith($word, [StringComparison]::Ordinal) })) { continue }
            $fresh += $word, $entries[$at + 1]
        }
        Offer '' $fresh
    }

    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    $command = $case = $option = ''
    $skip = $false
    $set = @()
    $places = 0
    foreach ($word in $before) {
        $option = ''
        if ($skip) { $skip = $false; continue }
        if (-not $command) {
            if (-not $word.StartsWith('-')) { $command = $word }
        } elseif ($word.StartsWith('-')) {
            if ($lksigValued.ContainsKey("$command $word")) { $skip = $true; $option = $word }
        } else {
            if ($lksigIsCase.ContainsKey($word)) { $case = $word; $set = @() } else { $set += $word }
            $places += 1
        }
    }
    if (-not $command) {
        if ($wordToComplete.StartsWith('-')) { Offer '' $lksigRoot } else { Offer '' $lksigCommands }
    } elseif ($option) {
        Offer '' $lksigValued["$command $option"]
    } elseif ($wordToComplete.StartsWith('-')) {
        Offer '' $lksigOptions[$command]
    } elseif ($lksigFixed.ContainsKey("$command $places")) {
        Offer '' $lksigFixed["$command $places"]
    } elseif ($lksigWords[$command] -eq 'requests') {
        if ($case) { Request $case $set }
        if ((-not $case -or $wordToComplete) -and -not $wordToComplete.Contains('=')) { Offer '' $lksigCases }
    } elseif ($lksigWords[$command] -eq 'filters' -and $places -ge $lksigFiles[$command]) {
        Offer '' $lksigFilters
    } elseif ($lksigWords[$command] -eq 'names') {
        Offer '' $lksigNames
    }
}
