//go:build !windows

package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

func path(name string) string {
	folder := os.Getenv("TMPDIR")
	if folder == "" {
		folder = "/tmp"
	}
	return filepath.Join(folder, "CoreFxPipe_"+name)
}

func dial(name string) (net.Conn, error) {
	return net.Dial("unix", path(name))
}

func listen(name string) (net.Listener, error) {
	if err := os.Remove(path(name)); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return net.Listen("unix", path(name))
}

// message mode: SOCK_SEQPACKET
func message(name string) error {
	pipe, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: path(name), Net: "unixpacket"})
	if err != nil {
		return err
	}
	defer pipe.Close()
	for _, size := range []int{4, 2, 4, 5000} {
		sent := pattern(size, size)
		if _, err := pipe.Write(sent); err != nil {
			return err
		}
		received := make([]byte, 10000)
		count, err := pipe.Read(received)
		if err != nil {
			return err
		}
		if !bytes.Equal(sent, received[:count]) {
			return fmt.Errorf("a message of %d bytes came back with %d", size, count)
		}
	}
	fmt.Println("ok 4")
	return nil
}
