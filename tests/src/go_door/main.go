// Answers requests on standard input by the module in wazero, of which it takes the path. Numbers are four
// octets, the least first: how many keys; of each id and PEM, each behind its length; the request behind its
// length. Out come the status and the response behind its length.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"sealwright.example/wasm-wazero/sealwright"
)

const memoryBytes = 256 << 20

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, path string) error {
	wasm, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	module, err := sealwright.Load(ctx, wasm, memoryBytes)
	if err != nil {
		return err
	}
	defer module.Close(ctx)
	input := bufio.NewReader(os.Stdin)
	for {
		err := one(ctx, module, input, os.Stdout)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// one answers a request in an instance of its own.
func one(ctx context.Context, module *sealwright.Module, input io.Reader, output io.Writer) error {
	keys, err := readNumber(input)
	if err != nil {
		return err
	}
	instance, err := module.Instance(ctx)
	if err != nil {
		return err
	}
	defer instance.Close(ctx)
	for ; keys > 0; keys-- {
		id, pem := readBytes(input), readBytes(input)
		response, err := instance.ImportKey(ctx, string(id), pem)
		if err == nil && response.Status != 0 {
			err = fmt.Errorf("the key %s: %s", id, response.Body)
		}
		if err != nil {
			return err
		}
	}
	response, err := instance.Call(ctx, readBytes(input))
	if err != nil {
		return err
	}
	head := binary.LittleEndian.AppendUint32(nil, response.Status)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(response.Body)))
	_, err = output.Write(append(head, response.Body...))
	return err
}

func readNumber(input io.Reader) (uint32, error) {
	var octets [4]byte
	_, err := io.ReadFull(input, octets[:])
	return binary.LittleEndian.Uint32(octets[:]), err
}

// readBytes ends the program where the input is cut short.
func readBytes(input io.Reader) []byte {
	length, err := readNumber(input)
	bytes := make([]byte, length)
	if err == nil {
		_, err = io.ReadFull(input, bytes)
	}
	if err != nil {
		log.Fatal(err)
	}
	return bytes
}
