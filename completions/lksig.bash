# Completion of lksig for bash 3.2 and newer: `lksig completions install bash`, or source this file.
# Made by `make docs`; nothing here starts lksig.

_lksig_commands='connect send listen record show replay diff import export redact decode encode schema serve completions'
_lksig_root='--version'
_lksig_cases='offer answer trickle add_track mute subscription track_setting leave update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request'

_lksig_is_case() {
    _lksig_words=''
    case $1 in
        offer|answer|trickle|add_track|mute|subscription|track_setting|leave|update_layers|subscription_permission|sync_state|simulate|ping|update_metadata|ping_req|update_audio_track|update_video_track|publish_data_track_request|unpublish_data_track_request|update_data_subscription|store_data_blob_request|get_data_blob_request) return 0 ;;
        *) return 1 ;;
    esac
}

_lksig_options() {
    _lksig_words=''
    case $1 in
        connect) _lksig_words='--timeout --fence --no-fence --rejoin --url --curl --dev --project --token --token-file --api-key --api-secret --room -r --identity -i --name --grant --as --path --protocol --client-protocol --sdk --sdk-version --os --os-version --device-model --browser --browser-version --network --capability --auto-subscribe --no-auto-subscribe --auto-subscribe-data-track --no-auto-subscribe-data-track --adaptive-stream --no-adaptive-stream --subscriber-allow-pause --no-subscriber-allow-pause --disable-ice-lite --no-disable-ice-lite --reconnect-reason --resume --publish --metadata --attribute --join --param --gzip --no-gzip --token-in --json-frames --header -H --cacert --cert --key --servername --insecure -k --proxy -x --connect-timeout --max-message-size --compression --no-compression --dry-run --force --personal --no-redact --record --json --format --raw --defaults --show-secrets --times --filter --verbose -v --quiet -q --strict --help -h' ;;
        send) _lksig_words='--timeout --linger --fence --no-fence --until --expect --count -n --answer --url --curl --dev --project --token --token-file --api-key --api-secret --room -r --identity -i --name --grant --as --path --protocol --client-protocol --sdk --sdk-version --os --os-version --device-model --browser --browser-version --network --capability --auto-subscribe --no-auto-subscribe --auto-subscribe-data-track --no-auto-subscribe-data-track --adaptive-stream --no-adaptive-stream --subscriber-allow-pause --no-subscriber-allow-pause --disable-ice-lite --no-disable-ice-lite --reconnect-reason --resume --publish --metadata --attribute --join --param --gzip --no-gzip --token-in --json-frames --header -H --cacert --cert --key --servername --insecure -k --proxy -x --connect-timeout --max-message-size --compression --no-compression --dry-run --force --personal --no-redact --record --json --format --raw --defaults --show-secrets --times --filter --verbose -v --quiet -q --strict --help -h' ;;
        listen) _lksig_words='--count -n --until --timeout --reconnect --url --curl --dev --project --token --token-file --api-key --api-secret --room -r --identity -i --name --grant --as --path --protocol --client-protocol --sdk --sdk-version --os --os-version --device-model --browser --browser-version --network --capability --auto-subscribe --no-auto-subscribe --auto-subscribe-data-track --no-auto-subscribe-data-track --adaptive-stream --no-adaptive-stream --subscriber-allow-pause --no-subscriber-allow-pause --disable-ice-lite --no-disable-ice-lite --reconnect-reason --resume --publish --metadata --attribute --join --param --gzip --no-gzip --token-in --json-frames --header -H --cacert --cert --key --servername --insecure -k --proxy -x --connect-timeout --max-message-size --compression --no-compression --dry-run --force --personal --no-redact --record --json --format --raw --defaults --show-secrets --times --filter --verbose -v --quiet -q --strict --help -h' ;;
        record) _lksig_words='--count -n --until --timeout --reconnect --url --curl --dev --project --token --token-file --api-key --api-secret --room -r --identity -i --name --grant --as --path --protocol --client-protocol --sdk --sdk-version --os --os-version --device-model --browser --browser-version --network --capability --auto-subscribe --no-auto-subscribe --auto-subscribe-data-track --no-auto-subscribe-data-track --adaptive-stream --no-adaptive-stream --subscriber-allow-pause --no-subscriber-allow-pause --disable-ice-lite --no-disable-ice-lite --reconnect-reason --resume --publish --metadata --attribute --join --param --gzip --no-gzip --token-in --json-frames --header -H --cacert --cert --key --servername --insecure -k --proxy -x --connect-timeout --max-message-size --compression --no-compression --dry-run --force --personal --no-redact --json --format --raw --defaults --show-secrets --times --filter --verbose -v --quiet -q --strict --help -h' ;;
        show) _lksig_words='--from --to --follow --pager --no-pager --stats --timeline --mermaid --state --stable --json --format --raw --defaults --show-secrets --times --filter --verbose -v --quiet -q --strict --help -h' ;;
        replay) _lksig_words='--speed --idle-limit --from --to --until --timeout --serve --port --bind --url --curl --dev --project --token --token-file --api-key --api-secret --room -r --identity -i --name --grant --header -H --cacert --cert --key --servername --insecure -k --proxy -x --connect-timeout --max-message-size --compression --no-compression --dry-run --force --personal --no-redact --record --json --format --raw --defaults --show-secrets --times --filter --verbose -v --quiet -q --strict --help -h' ;;
        diff) _lksig_words='--times --json --filter --verbose -v --quiet -q --help -h' ;;
        import) _lksig_words='--force --personal --no-redact --help -h' ;;
        export) _lksig_words='--to --output -o --force --no-redact --help -h' ;;
        redact) _lksig_words='--personal --force --check --json --help -h' ;;
        decode) _lksig_words='--request --response --format --json --raw --defaults --show-secrets --quiet -q --help -h' ;;
        encode) _lksig_words='--response --to --gzip --no-gzip --output -o --force --help -h' ;;
        schema) _lksig_words='--skeleton --json --json-lines --asyncapi --help -h' ;;
        serve) _lksig_words='--port --bind --api-key --key --api-secret --secret --with --join-timeout --max-participants --force --personal --no-redact --record --json --format --raw --defaults --show-secrets --times --filter --verbose -v --quiet -q --strict --help -h' ;;
        completions) _lksig_words='--force --help -h' ;;
        *) return 1 ;;
    esac
}

# An option that takes a value: which values there are.
_lksig_option() {
    _lksig_words=''
    case $1 in
        'connect --timeout'|'connect --url'|'connect --curl'|'connect --project'|'connect --token'|'connect --token-file'|'connect --api-key'|'connect --api-secret'|'connect --room'|'connect -r'|'connect --identity'|'connect -i'|'connect --name'|'connect --grant'|'connect --protocol'|'connect --client-protocol'|'connect --sdk'|'connect --sdk-version'|'connect --os'|'connect --os-version'|'connect --device-model'|'connect --browser'|'connect --browser-version'|'connect --network'|'connect --resume'|'connect --publish'|'connect --metadata'|'connect --attribute'|'connect --join'|'connect --param'|'connect --header'|'connect -H'|'connect --cacert'|'connect --cert'|'connect --key'|'connect --servername'|'connect --proxy'|'connect -x'|'connect --connect-timeout'|'connect --max-message-size'|'connect --record'|'connect --filter'|'send --timeout'|'send --linger'|'send --until'|'send --expect'|'send --count'|'send -n'|'send --url'|'send --curl'|'send --project'|'send --token'|'send --token-file'|'send --api-key'|'send --api-secret'|'send --room'|'send -r'|'send --identity'|'send -i'|'send --name'|'send --grant'|'send --protocol'|'send --client-protocol'|'send --sdk'|'send --sdk-version'|'send --os'|'send --os-version'|'send --device-model'|'send --browser'|'send --browser-version'|'send --network'|'send --resume'|'send --publish'|'send --metadata'|'send --attribute'|'send --join'|'send --param'|'send --header'|'send -H'|'send --cacert'|'send --cert'|'send --key'|'send --servername'|'send --proxy'|'send -x'|'send --connect-timeout'|'send --max-message-size'|'send --record'|'send --filter'|'listen --count'|'listen -n'|'listen --until'|'listen --timeout'|'listen --url'|'listen --curl'|'listen --project'|'listen --token'|'listen --token-file'|'listen --api-key'|'listen --api-secret'|'listen --room'|'listen -r'|'listen --identity'|'listen -i'|'listen --name'|'listen --grant'|'listen --protocol'|'listen --client-protocol'|'listen --sdk'|'listen --sdk-version'|'listen --os'|'listen --os-version'|'listen --device-model'|'listen --browser'|'listen --browser-version'|'listen --network'|'listen --resume'|'listen --publish'|'listen --metadata'|'listen --attribute'|'listen --join'|'listen --param'|'listen --header'|'listen -H'|'listen --cacert'|'listen --cert'|'listen --key'|'listen --servername'|'listen --proxy'|'listen -x'|'listen --connect-timeout'|'listen --max-message-size'|'listen --record'|'listen --filter'|'record --count'|'record -n'|'record --until'|'record --timeout'|'record --url'|'record --curl'|'record --project'|'record --token'|'record --token-file'|'record --api-key'|'record --api-secret'|'record --room'|'record -r'|'record --identity'|'record -i'|'record --name'|'record --grant'|'record --protocol'|'record --client-protocol'|'record --sdk'|'record --sdk-version'|'record --os'|'record --os-version'|'record --device-model'|'record --browser'|'record --browser-version'|'record --network'|'record --resume'|'record --publish'|'record --metadata'|'record --attribute'|'record --join'|'record --param'|'record --header'|'record -H'|'record --cacert'|'record --cert'|'record --key'|'record --servername'|'record --proxy'|'record -x'|'record --connect-timeout'|'record --max-message-size'|'record --filter'|'show --from'|'show --to'|'show --state'|'show --filter'|'replay --speed'|'replay --idle-limit'|'replay --from'|'replay --to'|'replay --until'|'replay --timeout'|'replay --port'|'replay --bind'|'replay --url'|'replay --curl'|'replay --project'|'replay --token'|'replay --token-file'|'replay --api-key'|'replay --api-secret'|'replay --room'|'replay -r'|'replay --identity'|'replay -i'|'replay --name'|'replay --grant'|'replay --header'|'replay -H'|'replay --cacert'|'replay --cert'|'replay --key'|'replay --servername'|'replay --proxy'|'replay -x'|'replay --connect-timeout'|'replay --max-message-size'|'replay --record'|'replay --filter'|'diff --filter'|'export --output'|'export -o'|'encode --output'|'encode -o'|'serve --port'|'serve --bind'|'serve --api-key'|'serve --key'|'serve --api-secret'|'serve --secret'|'serve --with'|'serve --join-timeout'|'serve --max-participants'|'serve --record'|'serve --filter') _lksig_words='' ;;
        'connect --as'|'send --as'|'listen --as'|'record --as') _lksig_words='js python node go esp32' ;;
        'connect --path'|'send --path'|'listen --path'|'record --path') _lksig_words='v1 v0 auto' ;;
        'connect --capability'|'send --capability'|'listen --capability'|'record --capability') _lksig_words='CAP_UNUSED CAP_PACKET_TRAILER CAP_COMPRESSION_DEFLATE_RAW' ;;
        'connect --reconnect-reason'|'send --reconnect-reason'|'listen --reconnect-reason'|'record --reconnect-reason') _lksig_words='RR_UNKNOWN RR_SIGNAL_DISCONNECTED RR_PUBLISHER_FAILED RR_SUBSCRIBER_FAILED RR_SWITCH_CANDIDATE' ;;
        'connect --token-in'|'send --token-in'|'listen --token-in'|'record --token-in') _lksig_words='header query' ;;
        'connect --format'|'send --format'|'listen --format'|'record --format'|'show --format'|'replay --format'|'serve --format') _lksig_words='line tree json hex base64 raw' ;;
        'connect --times'|'send --times'|'listen --times'|'record --times'|'show --times'|'replay --times'|'serve --times') _lksig_words='delta local utc both' ;;
        'export --to') _lksig_words='har jsonl mermaid pytest' ;;
        'decode --format') _lksig_words='tree line json' ;;
        'encode --to') _lksig_words='base64 hex c raw url' ;;
        *) return 1 ;;
    esac
}

# What the next word of a command is, by the number of those before it.
_lksig_takes() {
    _lksig_words=''
    case "$1 $2" in
        'connect '*) _lksig_kind=words _lksig_words='join answer offer trickle update track_published leave mute speakers_changed room_update connection_quality stream_state_update subscribed_quality_update subscription_permission_update refresh_token track_unpublished pong reconnect pong_resp subscription_response request_response track_subscribed room_moved media_sections_requirement subscribed_audio_codec_update publish_data_track_response unpublish_data_track_response data_track_subscriber_handles store_data_blob_response get_data_blob_response add_track subscription track_setting update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request to_server to_client refused unknown undecodable keepalive for_auto bytes n by case start message state ws_ping ws_pong close http note marker result end not and or' ;;
        'send '*) _lksig_kind=requests ;;
        'listen '*) _lksig_kind=words _lksig_words='join answer offer trickle update track_published leave mute speakers_changed room_update connection_quality stream_state_update subscribed_quality_update subscription_permission_update refresh_token track_unpublished pong reconnect pong_resp subscription_response request_response track_subscribed room_moved media_sections_requirement subscribed_audio_codec_update publish_data_track_response unpublish_data_track_response data_track_subscriber_handles store_data_blob_response get_data_blob_response add_track subscription track_setting update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request to_server to_client refused unknown undecodable keepalive for_auto bytes n by case start message state ws_ping ws_pong close http note marker result end not and or' ;;
        'record 0') _lksig_kind=files ;;
        'record '*) _lksig_kind=words _lksig_words='join answer offer trickle update track_published leave mute speakers_changed room_update connection_quality stream_state_update subscribed_quality_update subscription_permission_update refresh_token track_unpublished pong reconnect pong_resp subscription_response request_response track_subscribed room_moved media_sections_requirement subscribed_audio_codec_update publish_data_track_response unpublish_data_track_response data_track_subscriber_handles store_data_blob_response get_data_blob_response add_track subscription track_setting update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request to_server to_client refused unknown undecodable keepalive for_auto bytes n by case start message state ws_ping ws_pong close http note marker result end not and or' ;;
        'show 0') _lksig_kind=files ;;
        'show '*) _lksig_kind=words _lksig_words='join answer offer trickle update track_published leave mute speakers_changed room_update connection_quality stream_state_update subscribed_quality_update subscription_permission_update refresh_token track_unpublished pong reconnect pong_resp subscription_response request_response track_subscribed room_moved media_sections_requirement subscribed_audio_codec_update publish_data_track_response unpublish_data_track_response data_track_subscriber_handles store_data_blob_response get_data_blob_response add_track subscription track_setting update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request to_server to_client refused unknown undecodable keepalive for_auto bytes n by case start message state ws_ping ws_pong close http note marker result end not and or' ;;
        'replay 0') _lksig_kind=files ;;
        'replay '*) _lksig_kind=words _lksig_words='join answer offer trickle update track_published leave mute speakers_changed room_update connection_quality stream_state_update subscribed_quality_update subscription_permission_update refresh_token track_unpublished pong reconnect pong_resp subscription_response request_response track_subscribed room_moved media_sections_requirement subscribed_audio_codec_update publish_data_track_response unpublish_data_track_response data_track_subscriber_handles store_data_blob_response get_data_blob_response add_track subscription track_setting update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request to_server to_client refused unknown undecodable keepalive for_auto bytes n by case start message state ws_ping ws_pong close http note marker result end not and or' ;;
        'diff 0') _lksig_kind=files ;;
        'diff 1') _lksig_kind=files ;;
        'diff '*) _lksig_kind=words _lksig_words='join answer offer trickle update track_published leave mute speakers_changed room_update connection_quality stream_state_update subscribed_quality_update subscription_permission_update refresh_token track_unpublished pong reconnect pong_resp subscription_response request_response track_subscribed room_moved media_sections_requirement subscribed_audio_codec_update publish_data_track_response unpublish_data_track_response data_track_subscriber_handles store_data_blob_response get_data_blob_response add_track subscription track_setting update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request to_server to_client refused unknown undecodable keepalive for_auto bytes n by case start message state ws_ping ws_pong close http note marker result end not and or' ;;
        'import 0') _lksig_kind=files ;;
        'import 1') _lksig_kind=files ;;
        'export 0') _lksig_kind=files ;;
        'redact 0') _lksig_kind=files ;;
        'redact 1') _lksig_kind=files ;;
        'decode 0') _lksig_kind=files ;;
        'encode '*) _lksig_kind=requests ;;
        'schema '*) _lksig_kind=words _lksig_words='join answer offer trickle update track_published leave mute speakers_changed room_update connection_quality stream_state_update subscribed_quality_update subscription_permission_update refresh_token track_unpublished pong reconnect pong_resp subscription_response request_response track_subscribed room_moved media_sections_requirement subscribed_audio_codec_update publish_data_track_response unpublish_data_track_response data_track_subscriber_handles store_data_blob_response get_data_blob_response add_track subscription track_setting update_layers subscription_permission sync_state simulate ping update_metadata ping_req update_audio_track update_video_track publish_data_track_request unpublish_data_track_request update_data_subscription store_data_blob_request get_data_blob_request AddTrackRequest ClientConfiguration ClientInfo Codec ConnectionQualityInfo ConnectionQualityUpdate ConnectionSettings DataBlob DataBlobKey DataChannelInfo DataChannelReceiveState DataTrackFrameEncoding DataTrackInfo DataTrackSchemaEncoding DataTrackSchemaId DataTrackSubscriberHandles DataTrackSubscriberHandles.PublishedDataTrack DataTrackSubscriptionOptions DisabledCodecs Encryption GetDataBlobRequest GetDataBlobResponse ICEServer JoinRequest JoinResponse LeaveRequest MediaSectionsRequirement MuteTrackRequest ParticipantInfo ParticipantPermission ParticipantTracks ParticipantUpdate Ping Pong PublishDataTrackRequest PublishDataTrackResponse ReconnectResponse RegionInfo RegionSettings RequestResponse Room RoomMovedResponse RoomUpdate ServerInfo SessionDescription SignalRequest SignalResponse SimulateScenario SimulcastCodec SimulcastCodecInfo SpeakerInfo SpeakersChanged StoreDataBlobRequest StoreDataBlobResponse StreamStateInfo StreamStateUpdate SubscribedAudioCodec SubscribedAudioCodecUpdate SubscribedCodec SubscribedQuality SubscribedQualityUpdate SubscriptionPermission SubscriptionPermissionUpdate SubscriptionResponse SyncState TimedVersion TrackInfo TrackPermission TrackPublishedResponse TrackSubscribed TrackUnpublishedResponse TrickleRequest UnpublishDataTrackRequest UnpublishDataTrackResponse UpdateDataSubscription UpdateDataSubscription.Update UpdateLocalAudioTrack UpdateLocalVideoTrack UpdateParticipantMetadata UpdateSubscription UpdateTrackSettings UpdateVideoLayers VideoConfiguration VideoLayer WrappedJoinRequest AudioTrackFeature BackupCodecPolicy CandidateProtocol ClientConfigSetting ClientInfo.Capability ClientInfo.SDK ConnectionQuality DataTrackFrameEncoding.WellKnownFrameEncoding DataTrackSchemaEncoding.WellKnownSchemaEncoding DisconnectReason Encryption.Type LeaveRequest.Action PacketTrailerFeature ParticipantInfo.Kind ParticipantInfo.KindDetail ParticipantInfo.State ReconnectReason RequestResponse.Reason ServerInfo.Edition SignalTarget StreamState SubscriptionError TrackSource TrackType VideoLayer.Mode VideoQuality WrappedJoinRequest.Compression' ;;
        'completions 0') _lksig_kind=words _lksig_words='show install' ;;
        'completions 1') _lksig_kind=words _lksig_words='bash zsh fish powershell' ;;
    esac
}

_lksig_fields() {
    _lksig_words=''
    case $1 in
        'offer ') _lksig_words='type= sdp= id= mid_to_track_id.' ;;
        'answer ') _lksig_words='type= sdp= id= mid_to_track_id.' ;;
        'trickle ') _lksig_words='candidateInit= target= final=' ;;
        'add_track layers.0.') _lksig_words='quality= width= height= bitrate= ssrc= spatial_layer= rid= repair_ssrc=' ;;
        'add_track simulcast_codecs.0.layers.0.') _lksig_words='quality= width= height= bitrate= ssrc= spatial_layer= rid= repair_ssrc=' ;;
        'add_track simulcast_codecs.0.') _lksig_words='codec= cid= layers.0. video_layer_mode=' ;;
        'add_track ') _lksig_words='cid= name= type= width= height= muted= source= layers.0. simulcast_codecs.0. sid= disable_red= encryption= stream= backup_codec_policy= audio_features+= packet_trailer_features+= disable_dtx= stereo=' ;;
        'mute ') _lksig_words='sid= muted=' ;;
        'subscription participant_tracks.0.') _lksig_words='participant_sid= track_sids+=' ;;
        'subscription ') _lksig_words='track_sids+= subscribe= participant_tracks.0.' ;;
        'track_setting ') _lksig_words='track_sids+= disabled= quality= width= height= fps= priority=' ;;
        'leave regions.regions.0.') _lksig_words='region= url= distance=' ;;
        'leave regions.') _lksig_words='regions.0.' ;;
        'leave ') _lksig_words='can_reconnect= reason= action= regions.' ;;
        'update_layers layers.0.') _lksig_words='quality= width= height= bitrate= ssrc= spatial_layer= rid= repair_ssrc=' ;;
        'update_layers ') _lksig_words='track_sid= layers.0.' ;;
        'subscription_permission track_permissions.0.') _lksig_words='participant_sid= all_tracks= track_sids+= participant_identity=' ;;
        'subscription_permission ') _lksig_words='all_participants= track_permissions.0.' ;;
        'sync_state answer.') _lksig_words='type= sdp= id= mid_to_track_id.' ;;
        'sync_state subscription.participant_tracks.0.') _lksig_words='participant_sid= track_sids+=' ;;
        'sync_state subscription.') _lksig_words='track_sids+= subscribe= participant_tracks.0.' ;;
        'sync_state publish_tracks.0.track.codecs.0.layers.0.') _lksig_words='quality= width= height= bitrate= ssrc= spatial_layer= rid= repair_ssrc=' ;;
        'sync_state publish_tracks.0.track.codecs.0.') _lksig_words='mime_type= mid= cid= layers.0. video_layer_mode= sdp_cid=' ;;
        'sync_state publish_tracks.0.track.version.') _lksig_words='unix_micro= ticks=' ;;
        'sync_state publish_tracks.0.track.layers.0.') _lksig_words='quality= width= height= bitrate= ssrc= spatial_layer= rid= repair_ssrc=' ;;
        'sync_state publish_tracks.0.track.') _lksig_words='sid= type= name= muted= width= height= source= mime_type= mid= codecs.0. disable_red= encryption= stream= version. audio_features+= backup_codec_policy= packet_trailer_features+= simulcast= disable_dtx= layers.0. stereo=' ;;
        'sync_state publish_tracks.0.') _lksig_words='cid= track.' ;;
        'sync_state data_channels.0.') _lksig_words='label= id= target=' ;;
        'sync_state offer.') _lksig_words='type= sdp= id= mid_to_track_id.' ;;
        'sync_state datachannel_receive_states.0.') _lksig_words='publisher_sid= last_seq=' ;;
        'sync_state publish_data_tracks.0.info.frame_encoding.') _lksig_words='well_known= custom=' ;;
        'sync_state publish_data_tracks.0.info.schema.encoding.') _lksig_words='well_known= custom=' ;;
        'sync_state publish_data_tracks.0.info.schema.') _lksig_words='name= encoding.' ;;
        'sync_state publish_data_tracks.0.info.') _lksig_words='pub_handle= sid= name= encryption= frame_encoding. schema.' ;;
        'sync_state publish_data_tracks.0.') _lksig_words='info.' ;;
        'sync_state data_subscription.updates.0.options.') _lksig_words='target_fps=' ;;
        'sync_state data_subscription.updates.0.') _lksig_words='track_sid= subscribe= options.' ;;
        'sync_state data_subscription.') _lksig_words='updates.0.' ;;
        'sync_state ') _lksig_words='answer. subscription. publish_tracks.0. data_channels.0. offer. track_sids_disabled+= datachannel_receive_states.0. publish_data_tracks.0. data_subscription.' ;;
        'simulate ') _lksig_words='speaker_update= node_failure= migration= server_leave= switch_candidate_protocol= subscriber_bandwidth= disconnect_signal_on_resume= disconnect_signal_on_resume_no_messages= leave_request_full_reconnect=' ;;
        'update_metadata ') _lksig_words='metadata= name= attributes. request_id=' ;;
        'ping_req ') _lksig_words='timestamp= rtt=' ;;
        'update_audio_track ') _lksig_words='track_sid= features+=' ;;
        'update_video_track ') _lksig_words='track_sid= width= height=' ;;
        'publish_data_track_request frame_encoding.') _lksig_words='well_known= custom=' ;;
        'publish_data_track_request schema.encoding.') _lksig_words='well_known= custom=' ;;
        'publish_data_track_request schema.') _lksig_words='name= encoding.' ;;
        'publish_data_track_request ') _lksig_words='pub_handle= name= encryption= frame_encoding. schema.' ;;
        'unpublish_data_track_request ') _lksig_words='pub_handle=' ;;
        'update_data_subscription updates.0.options.') _lksig_words='target_fps=' ;;
        'update_data_subscription updates.0.') _lksig_words='track_sid= subscribe= options.' ;;
        'update_data_subscription ') _lksig_words='updates.0.' ;;
        'store_data_blob_request blob.key.schema_id.encoding.') _lksig_words='well_known= custom=' ;;
        'store_data_blob_request blob.key.schema_id.') _lksig_words='name= encoding.' ;;
        'store_data_blob_request blob.key.') _lksig_words='generic= schema_id.' ;;
        'store_data_blob_request blob.') _lksig_words='key. contents=' ;;
        'store_data_blob_request ') _lksig_words='request_id= blob.' ;;
        'get_data_blob_request key.schema_id.encoding.') _lksig_words='well_known= custom=' ;;
        'get_data_blob_request key.schema_id.') _lksig_words='name= encoding.' ;;
        'get_data_blob_request key.') _lksig_words='generic= schema_id.' ;;
        'get_data_blob_request ') _lksig_words='request_id= participant_identity= key.' ;;
        *) return 1 ;;
    esac
}

_lksig_values() {
    _lksig_words=''
    case $1 in
        'offer type') _lksig_words='offer answer' ;;
        'answer type') _lksig_words='offer answer' ;;
        'trickle target') _lksig_words='PUBLISHER SUBSCRIBER' ;;
        'trickle final') _lksig_words='true false' ;;
        'add_track type') _lksig_words='AUDIO VIDEO DATA' ;;
        'add_track muted') _lksig_words='true false' ;;
        'add_track source') _lksig_words='UNKNOWN CAMERA MICROPHONE SCREEN_SHARE SCREEN_SHARE_AUDIO' ;;
        'add_track layers.0.quality') _lksig_words='LOW MEDIUM HIGH OFF' ;;
        'add_track simulcast_codecs.0.layers.0.quality') _lksig_words='LOW MEDIUM HIGH OFF' ;;
        'add_track simulcast_codecs.0.video_layer_mode') _lksig_words='MODE_UNUSED ONE_SPATIAL_LAYER_PER_STREAM MULTIPLE_SPATIAL_LAYERS_PER_STREAM ONE_SPATIAL_LAYER_PER_STREAM_INCOMPLETE_RTCP_SR' ;;
        'add_track disable_red') _lksig_words='true false' ;;
        'add_track encryption') _lksig_words='NONE GCM CUSTOM' ;;
        'add_track backup_codec_policy') _lksig_words='PREFER_REGRESSION SIMULCAST REGRESSION' ;;
        'add_track audio_features') _lksig_words='TF_STEREO TF_NO_DTX TF_AUTO_GAIN_CONTROL TF_ECHO_CANCELLATION TF_NOISE_SUPPRESSION TF_ENHANCED_NOISE_CANCELLATION TF_PRECONNECT_BUFFER' ;;
        'add_track packet_trailer_features') _lksig_words='PTF_USER_TIMESTAMP PTF_FRAME_ID PTF_USER_DATA' ;;
        'add_track disable_dtx') _lksig_words='true false' ;;
        'add_track stereo') _lksig_words='true false' ;;
        'mute muted') _lksig_words='true false' ;;
        'subscription subscribe') _lksig_words='true false' ;;
        'track_setting disabled') _lksig_words='true false' ;;
        'track_setting quality') _lksig_words='LOW MEDIUM HIGH OFF' ;;
        'leave can_reconnect') _lksig_words='true false' ;;
        'leave reason') _lksig_words='UNKNOWN_REASON CLIENT_INITIATED DUPLICATE_IDENTITY SERVER_SHUTDOWN PARTICIPANT_REMOVED ROOM_DELETED STATE_MISMATCH JOIN_FAILURE MIGRATION SIGNAL_CLOSE ROOM_CLOSED USER_UNAVAILABLE USER_REJECTED SIP_TRUNK_FAILURE CONNECTION_TIMEOUT MEDIA_FAILURE AGENT_ERROR' ;;
        'leave action') _lksig_words='DISCONNECT RESUME RECONNECT' ;;
        'update_layers layers.0.quality') _lksig_words='LOW MEDIUM HIGH OFF' ;;
        'subscription_permission all_participants') _lksig_words='true false' ;;
        'subscription_permission track_permissions.0.all_tracks') _lksig_words='true false' ;;
        'sync_state answer.type') _lksig_words='offer answer' ;;
        'sync_state subscription.subscribe') _lksig_words='true false' ;;
        'sync_state publish_tracks.0.track.type') _lksig_words='AUDIO VIDEO DATA' ;;
        'sync_state publish_tracks.0.track.muted') _lksig_words='true false' ;;
        'sync_state publish_tracks.0.track.source') _lksig_words='UNKNOWN CAMERA MICROPHONE SCREEN_SHARE SCREEN_SHARE_AUDIO' ;;
        'sync_state publish_tracks.0.track.codecs.0.layers.0.quality') _lksig_words='LOW MEDIUM HIGH OFF' ;;
        'sync_state publish_tracks.0.track.codecs.0.video_layer_mode') _lksig_words='MODE_UNUSED ONE_SPATIAL_LAYER_PER_STREAM MULTIPLE_SPATIAL_LAYERS_PER_STREAM ONE_SPATIAL_LAYER_PER_STREAM_INCOMPLETE_RTCP_SR' ;;
        'sync_state publish_tracks.0.track.disable_red') _lksig_words='true false' ;;
        'sync_state publish_tracks.0.track.encryption') _lksig_words='NONE GCM CUSTOM' ;;
        'sync_state publish_tracks.0.track.version.unix_micro') _lksig_words='now' ;;
        'sync_state publish_tracks.0.track.audio_features') _lksig_words='TF_STEREO TF_NO_DTX TF_AUTO_GAIN_CONTROL TF_ECHO_CANCELLATION TF_NOISE_SUPPRESSION TF_ENHANCED_NOISE_CANCELLATION TF_PRECONNECT_BUFFER' ;;
        'sync_state publish_tracks.0.track.backup_codec_policy') _lksig_words='PREFER_REGRESSION SIMULCAST REGRESSION' ;;
        'sync_state publish_tracks.0.track.packet_trailer_features') _lksig_words='PTF_USER_TIMESTAMP PTF_FRAME_ID PTF_USER_DATA' ;;
        'sync_state publish_tracks.0.track.simulcast') _lksig_words='true false' ;;
        'sync_state publish_tracks.0.track.disable_dtx') _lksig_words='true false' ;;
        'sync_state publish_tracks.0.track.layers.0.quality') _lksig_words='LOW MEDIUM HIGH OFF' ;;
        'sync_state publish_tracks.0.track.stereo') _lksig_words='true false' ;;
        'sync_state data_channels.0.target') _lksig_words='PUBLISHER SUBSCRIBER' ;;
        'sync_state offer.type') _lksig_words='offer answer' ;;
        'sync_state publish_data_tracks.0.info.encryption') _lksig_words='NONE GCM CUSTOM' ;;
        'sync_state publish_data_tracks.0.info.frame_encoding.well_known') _lksig_words='WELL_KNOWN_FRAME_ENCODING_UNSPECIFIED WELL_KNOWN_FRAME_ENCODING_ROS1 WELL_KNOWN_FRAME_ENCODING_CDR WELL_KNOWN_FRAME_ENCODING_PROTOBUF WELL_KNOWN_FRAME_ENCODING_FLATBUFFER WELL_KNOWN_FRAME_ENCODING_CBOR WELL_KNOWN_FRAME_ENCODING_MSGPACK WELL_KNOWN_FRAME_ENCODING_JSON' ;;
        'sync_state publish_data_tracks.0.info.schema.encoding.well_known') _lksig_words='WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA' ;;
        'sync_state data_subscription.updates.0.subscribe') _lksig_words='true false' ;;
        'simulate node_failure') _lksig_words='true false' ;;
        'simulate migration') _lksig_words='true false' ;;
        'simulate server_leave') _lksig_words='true false' ;;
        'simulate switch_candidate_protocol') _lksig_words='UDP TCP TLS' ;;
        'simulate disconnect_signal_on_resume') _lksig_words='true false' ;;
        'simulate disconnect_signal_on_resume_no_messages') _lksig_words='true false' ;;
        'simulate leave_request_full_reconnect') _lksig_words='true false' ;;
        'ping_req timestamp') _lksig_words='now' ;;
        'update_audio_track features') _lksig_words='TF_STEREO TF_NO_DTX TF_AUTO_GAIN_CONTROL TF_ECHO_CANCELLATION TF_NOISE_SUPPRESSION TF_ENHANCED_NOISE_CANCELLATION TF_PRECONNECT_BUFFER' ;;
        'publish_data_track_request encryption') _lksig_words='NONE GCM CUSTOM' ;;
        'publish_data_track_request frame_encoding.well_known') _lksig_words='WELL_KNOWN_FRAME_ENCODING_UNSPECIFIED WELL_KNOWN_FRAME_ENCODING_ROS1 WELL_KNOWN_FRAME_ENCODING_CDR WELL_KNOWN_FRAME_ENCODING_PROTOBUF WELL_KNOWN_FRAME_ENCODING_FLATBUFFER WELL_KNOWN_FRAME_ENCODING_CBOR WELL_KNOWN_FRAME_ENCODING_MSGPACK WELL_KNOWN_FRAME_ENCODING_JSON' ;;
        'publish_data_track_request schema.encoding.well_known') _lksig_words='WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA' ;;
        'update_data_subscription updates.0.subscribe') _lksig_words='true false' ;;
        'store_data_blob_request blob.key.schema_id.encoding.well_known') _lksig_words='WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA' ;;
        'store_data_blob_request blob.contents') _lksig_words='hex: b64:' ;;
        'get_data_blob_request key.schema_id.encoding.well_known') _lksig_words='WELL_KNOWN_SCHEMA_ENCODING_UNSPECIFIED WELL_KNOWN_SCHEMA_ENCODING_PROTOBUF WELL_KNOWN_SCHEMA_ENCODING_FLATBUFFER WELL_KNOWN_SCHEMA_ENCODING_ROS1_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_MSG WELL_KNOWN_SCHEMA_ENCODING_ROS2_IDL WELL_KNOWN_SCHEMA_ENCODING_OMG_IDL WELL_KNOWN_SCHEMA_ENCODING_JSON_SCHEMA' ;;
    esac
}


# The number of every element in a path becomes 0, as in the tables.
_lksig_plain() {
    local more='^(.*\.)[1-9][0-9]*(\..*)?$'
    _lksig_path=$1
    while [[ $_lksig_path =~ $more ]]; do
        _lksig_path=${BASH_REMATCH[1]}0${BASH_REMATCH[2]}
    done
}

# Offer the words of a list that begin with what is typed; what readline breaks words at stands before the cursor.
_lksig_offer() {
    local typed=$1 word skip='' mark
    shift
    for mark in = :; do
        if [[ $COMP_WORDBREAKS == *$mark* && $_lksig_cur == *$mark* && ${#skip} -lt ${#_lksig_cur} ]]; then
            word=${_lksig_cur%"$mark"*}$mark
            [[ ${#word} -gt ${#skip} ]] && skip=$word
        fi
    done
    for word in "$@"; do
        if [[ $word == "$typed"* ]]; then
            COMPREPLY+=("${word#"$skip"}")
            [[ $word == *[=.:] ]] && _lksig_open=1
        fi
    done
}

_lksig_files() {
    local before=$1 typed=$2 file
    while IFS= read -r file; do
        [[ -d $file ]] && file=$file/ && _lksig_open=1
        COMPREPLY+=("$before$file")
    done < <(compgen -f -- "$typed")
}

# The fields of the request that begins with the last case, or the values of one of them.
_lksig_request() {
    local case=$1 word fresh=() head rest
    shift
    if [[ $_lksig_cur == *=* ]]; then
        head=${_lksig_cur%%=*}= rest=${_lksig_cur#*=}
        if [[ $rest == @* ]]; then
            local before=$head@
            # Readline breaks the word there, and leaves the `@` in it.
            [[ $COMP_WORDBREAKS == *[=@]* ]] && before=@
            _lksig_files "$before" "${rest#@}"
            return
        fi
        word=${head%=}
        _lksig_plain "${word%+}"
        _lksig_values "$case $_lksig_path"
        for word in $_lksig_words; do fresh+=("$head$word"); done
        _lksig_offer "$_lksig_cur" ${fresh[@]+"${fresh[@]}"}
        return
    fi
    _lksig_plain "$_lksig_cur"
    local plain=$_lksig_path
    head=$plain
    while :; do
        case $head in *.*) head=${head%.*}. ;; *) head= ;; esac
        _lksig_fields "$case $head" && break
        [[ -z $head ]] && break
        head=${head%.}
    done
    for word in $_lksig_words; do
        word=$head$word
        [[ $word == "$plain"* ]] || continue
        word=$_lksig_cur${word#"$plain"}
        case " $* " in *" $word"*) [[ $word == *+= || $word == *. ]] || continue ;; esac
        fresh+=("$word")
    done
    _lksig_offer "$_lksig_cur" ${fresh[@]+"${fresh[@]}"}
}

_lksig() {
    COMPREPLY=()
    local IFS=$' \t\n'
    local line=${COMP_LINE:0:COMP_POINT} words word command='' case='' set=() places=0 skip='' option=''
    local _lksig_cur='' _lksig_words='' _lksig_path='' _lksig_open='' _lksig_kind='' _lksig_count=0
    read -r -d '' -a words <<< "$line"
    case $line in
        *[[:space:]]) ;;
        *) _lksig_cur=${words[${#words[@]}-1]}; unset "words[${#words[@]}-1]" ;;
    esac
    for word in "${words[@]:1}"; do
        option=''
        if [[ -n $skip ]]; then skip=''; continue; fi
        if [[ -z $command ]]; then
            [[ $word == -* ]] || command=$word
            continue
        fi
        if [[ $word == -* ]]; then
            if _lksig_option "$command $word"; then skip=1 option=$word; fi
        elif _lksig_is_case "$word"; then
            case=$word set=()
            places=$((places + 1))
        else
            set+=("$word")
            places=$((places + 1))
        fi
    done
    if [[ -z $command ]]; then
        if [[ $_lksig_cur == -* ]]; then _lksig_offer "$_lksig_cur" $_lksig_root
        else _lksig_offer "$_lksig_cur" $_lksig_commands; fi
    elif [[ -n $option ]]; then
        _lksig_option "$command $option"
        [[ -n $_lksig_words ]] && _lksig_offer "$_lksig_cur" $_lksig_words
    elif [[ $_lksig_cur == -* ]]; then
        _lksig_options "$command"
        _lksig_offer "$_lksig_cur" $_lksig_words
    else
        _lksig_takes "$command" "$places"
        case $_lksig_kind in
            requests)
                [[ -n $case ]] && _lksig_request "$case" ${set[@]+"${set[@]}"}
                if [[ -z $case || -n $_lksig_cur ]]; then
                    [[ $_lksig_cur == *=* ]] || _lksig_offer "$_lksig_cur" $_lksig_cases
                fi ;;
            words) _lksig_offer "$_lksig_cur" $_lksig_words ;;
        esac
    fi
    if [[ -n $_lksig_open ]] && type compopt >/dev/null 2>&1; then compopt -o nospace 2>/dev/null; fi
}

if type compopt >/dev/null 2>&1; then
    complete -o default -F _lksig lksig
else
    complete -o default -o nospace -F _lksig lksig
fi
