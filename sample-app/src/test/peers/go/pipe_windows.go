//go:build windows

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/Microsoft/go-winio"
)

func path(name string) string {
	return `\\.\pipe\` + name
}

func dial(name string) (net.Conn, error) {
	timeout := 20 * time.Second
	return winio.DialPipe(path(name), &timeout)
}

func listen(name string) (net.Listener, error) {
	return winio.ListenPipe(path(name), nil)
}

// go-winio reads bytes from a message pipe, and an empty message is the end of the other side's output
func message(name string) error {
	pipe, err := dial(name)
	if err != nil {
		return err
	}
	defer pipe.Close()
	for _, size := range []int{4, 2, 4, 5000} {
		sent := pattern(size, size)
		if _, err := pipe.Write(sent); err != nil {
			return err
		}
		received := make([]byte, size)
		if _, err := io.ReadFull(pipe, received); err != nil {
			return err
		}
		if !bytes.Equal(sent, received) {
			return fmt.Errorf("a message of %d bytes came back as another", size)
		}
	}
	fmt.Println("ok 4")
	return nil
}
