// Makes a certification request with a key of Go's own, and shows what an error looks like.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log"
	"os"

	"sealwright.example/wasm-wazero/sealwright"
)

// More than these requests need; see docs/module.md.
const memoryBytes = 64 << 20

type object = map[string]any

func main() {
	if len(os.Args) != 2 {
		log.Fatal("which module? go run . sealwright.wasm")
	}
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
	instance, err := module.Instance(ctx)
	if err != nil {
		return err
	}

	// The key never enters the module. It might as well lie in a token.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	reference := object{"id": "laptop-7", "public_key": string(block)}

	request := object{"op": "create_csr", "subject": "CN=laptop-7,O=Acme", "key": reference}
	made, err := ask(ctx, instance, request, key)
	if err != nil {
		return err
	}
	fmt.Print(made["csr"])

	request["subject"] = "laptop-7"
	if _, err := ask(ctx, instance, request, key); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
	}
	return nil
}

// An answer has one of these.
type answer struct {
	OK    object
	Needs []struct{ Use, Key, Scheme, Input string }
	Error json.RawMessage
}

// ask sends a request, and again with a signature for each that the engine asks for.
func ask(ctx context.Context, instance *sealwright.Instance, request object, key *ecdsa.PrivateKey) (object, error) {
	delete(request, "answers")
	var answers []string
	for {
		encoded, err := json.Marshal(request)
		if err != nil {
			return nil, err
		}
		response, err := instance.Call(ctx, encoded)
		if err != nil {
			return nil, err
		}
		var answer answer
		if err := json.Unmarshal(response.Body, &answer); err != nil {
			return nil, err
		}
		switch response.Status {
		case 0:
			return answer.OK, nil
		case 1:
			for _, question := range answer.Needs {
				signature, err := sign(question.Scheme, question.Input, key)
				if err != nil {
					return nil, err
				}
				answers = append(answers, signature)
			}
			request["answers"] = answers
		default:
			return nil, fmt.Errorf("%d %s", response.Status, answer.Error)
		}
	}
}

// sign gives r and s of fixed size, as IEEE P1363 has them.
func sign(scheme, input string, key *ecdsa.PrivateKey) (string, error) {
	if scheme != "ecdsa_p256_sha256" {
		return "", fmt.Errorf("found the scheme %s, wanted ecdsa_p256_sha256", scheme)
	}
	message, err := base64.RawURLEncoding.DecodeString(input)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return base64.RawURLEncoding.EncodeToString(signature), nil
}
