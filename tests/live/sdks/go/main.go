// Joins with the real Go SDK: `join URL TOKEN v0`. How it ends does not matter.
package main

import (
	"os"

	lksdk "github.com/livekit/server-sdk-go/v2"
)

func main() {
	room, err := lksdk.ConnectToRoomWithToken(os.Args[1], os.Args[2], &lksdk.RoomCallback{})
	if err == nil {
		room.Disconnect()
	}
}
