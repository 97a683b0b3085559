// An attested TLS peer written from the wire contract alone, with nothing but Go's standard library: what a deployed
// Go program does on the other side of our connections. Evidence is the dummy document {"UserData","Nonce"}.
//
//	peer server [flags]            prints "listening PORT", then one JSON line per handshake, until stdin closes
//	peer client [flags] HOST:PORT  makes one connection and one gRPC echo call, prints one JSON line
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
)

// Options say what this side does, and how it misbehaves.
type Options struct {
	Attest  string // OID of the evidence to give; empty: none
	Verify  string // OID of the evidence to ask for; empty: none
	Version uint16
	Lie     string // see certificate.go, server.go
}

// Report is what this side saw of a connection.
type Report struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error,omitempty"`
	Version  string `json:"version,omitempty"`
	ALPN     string `json:"alpn,omitempty"`
	Resumed  bool   `json:"resumed"`
	Tickets  int    `json:"tickets"`
	Verified bool   `json:"verified"`
	Echo     string `json:"echo,omitempty"`
}

var printing sync.Mutex

func (r Report) print() {
	printing.Lock()
	defer printing.Unlock()
	line, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: peer server|client [flags] [HOST:PORT]")
		os.Exit(2)
	}
	var options Options
	version := ""
	flags := flag.NewFlagSet("peer", flag.ExitOnError)
	flags.StringVar(&options.Attest, "attest", "", "OID of the evidence to give")
	flags.StringVar(&options.Verify, "verify", "", "OID of the evidence to ask for")
	flags.StringVar(&version, "tls", "1.3", "1.2 or 1.3")
	flags.StringVar(&options.Lie, "lie", "", "what to do wrong")
	calls := flags.Int("calls", 1, "client: connections to make, one after the other, sharing a session cache")
	_ = flags.Parse(os.Args[2:])
	options.Version = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[version]

	switch os.Args[1] {
	case "server":
		serve(options)
	case "client":
		call(options, flags.Arg(0), *calls)
	default:
		fmt.Fprintln(os.Stderr, "neither server nor client:", os.Args[1])
		os.Exit(2)
	}
}
