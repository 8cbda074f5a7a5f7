// A peer in Go: what it does for the tests of real peers is in ../README.md.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
)

func main() {
	role, name, scenario := os.Args[1], os.Args[2], os.Args[3]
	var err error
	switch role + " " + scenario {
	case "client exchange":
		err = exchangeAll(name, number(4), number(5), number(6))
	case "client cut":
		err = cut(name)
	case "client hold":
		err = hold(name)
	case "client message":
		err = message(name)
	case "server echo":
		err = serve(name)
	default:
		err = fmt.Errorf("unknown: %v", os.Args[1:])
	}
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func number(index int) int {
	value, err := strconv.Atoi(os.Args[index])
	if err != nil {
		panic(err)
	}
	return value
}

func exchangeAll(name string, count, size, connections int) error {
	results := make(chan error, connections)
	for n := 0; n < connections; n++ {
		go func(seed int) { results <- exchange(name, count, size, seed) }(n * 31)
	}
	for n := 0; n < connections; n++ {
		if err := <-results; err != nil {
			return err
		}
	}
	fmt.Println("ok", count*connections)
	return nil
}

func exchange(name string, count, size, seed int) error {
	pipe, err := dial(name)
	if err != nil {
		return err
	}
	defer pipe.Close()
	for i := 0; i < count; i++ {
		sent := pattern(size, seed+i)
		if err := writeFrame(pipe, sent); err != nil {
			return err
		}
		received, err := readFrame(pipe)
		if err != nil {
			return err
		}
		if !bytes.Equal(sent, received) {
			return fmt.Errorf("message %d came back as another", i)
		}
	}
	return nil
}

func cut(name string) error {
	pipe, err := dial(name)
	if err != nil {
		return err
	}
	if _, err := pipe.Write([]byte{0, 0, 0, 100, 1, 2, 3}); err != nil {
		return err
	}
	fmt.Println("cut")
	return pipe.Close()
}

func hold(name string) error {
	pipe, err := dial(name)
	if err != nil {
		return err
	}
	defer pipe.Close()
	if err := writeFrame(pipe, pattern(5, 0)); err != nil {
		return err
	}
	if _, err := readFrame(pipe); err != nil {
		return err
	}
	fmt.Println("connected")
	if _, err := readFrame(pipe); err == nil {
		return errors.New("something came")
	}
	fmt.Println("ended")
	return nil
}

func serve(name string) error {
	listener, err := listen(name)
	if err != nil {
		return err
	}
	fmt.Println("serving")
	for {
		pipe, err := listener.Accept()
		if err != nil {
			return err
		}
		go echo(pipe)
	}
}

func echo(pipe net.Conn) {
	defer pipe.Close()
	for {
		payload, err := readFrame(pipe)
		if err != nil || writeFrame(pipe, payload) != nil {
			return
		}
	}
}

func writeFrame(pipe io.Writer, payload []byte) error {
	frame := make([]byte, 4+len(payload))
	binary.BigEndian.PutUint32(frame, uint32(len(payload)))
	copy(frame[4:], payload)
	_, err := pipe.Write(frame)
	return err
}

func readFrame(pipe io.Reader) ([]byte, error) {
	header := make([]byte, 4)
	if _, err := io.ReadFull(pipe, header); err != nil {
		return nil, err
	}
	payload := make([]byte, binary.BigEndian.Uint32(header))
	_, err := io.ReadFull(pipe, payload)
	return payload, err
}

func pattern(size, seed int) []byte {
	bytes := make([]byte, size)
	for i := range bytes {
		bytes[i] = byte(seed + i*7)
	}
	return bytes
}
