package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// sessions counts what a server offers for resumption.
type sessions struct {
	tls.ClientSessionCache
	put int
}

func (s *sessions) Put(key string, state *tls.ClientSessionState) {
	if state != nil {
		s.put++
	}
	// Any server name will do: a client that wants to resume would look up the server, not the nonce.
	s.ClientSessionCache.Put("server", state)
}

func (s *sessions) Get(string) (*tls.ClientSessionState, bool) {
	return s.ClientSessionCache.Get("server")
}

func clientConfig(options Options, cache *sessions, report *Report) *tls.Config {
	nonce := random()
	name := base64.StdEncoding.EncodeToString(nonce)
	protocols := []string{"http/1.1", "h2"}
	switch options.Lie {
	case "no-server-name":
		name = ""
	case "server-name-not-base64":
		name = "node-0.example.com"
	case "server-name-unpadded":
		name = base64.RawStdEncoding.EncodeToString(nonce)
	case "server-name-short":
		name = base64.StdEncoding.EncodeToString(nonce[:16])
	case "no-alpn":
		protocols = nil
	case "only-http1":
		protocols = []string{"http/1.1"}
	}
	return &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: true, // The chain is ours to judge, below.
		MinVersion:         options.Version,
		MaxVersion:         options.Version,
		NextProtos:         protocols,
		ClientSessionCache: cache,
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			err := verify(options.Verify, nonce, raw)
			report.Verified = err == nil && options.Verify != ""
			return err
		},
		GetClientCertificate: func(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if options.Lie == "no-certificate" {
				return &tls.Certificate{}, nil
			}
			wanted, err := wantedNonce(request.AcceptableCAs)
			if err != nil {
				return nil, err
			}
			return mint(options, wanted)
		},
	}
}

func wantedNonce(authorities [][]byte) ([]byte, error) {
	if len(authorities) != 1 {
		return nil, fmt.Errorf("expected 1 authority, got %d", len(authorities))
	}
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(authorities[0], &sequence); err != nil || len(rest) != 0 {
		return nil, fmt.Errorf("authority: %w", err)
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return base64.StdEncoding.DecodeString(name.CommonName)
}

func call(options Options, address string, calls int) {
	cache := &sessions{ClientSessionCache: tls.NewLRUClientSessionCache(8)}
	for i := 0; i < calls; i++ {
		report := Report{}
		if err := callOnce(options, address, cache, &report); err != nil {
			report.Error = err.Error()
		}
		report.OK = report.Error == ""
		report.Tickets = cache.put
		report.print()
	}
}

func callOnce(options Options, address string, cache *sessions, report *Report) error {
	const hello = "hello from Go"
	transport := &http.Transport{
		TLSClientConfig:   clientConfig(options, cache, report),
		ForceAttemptHTTP2: true,
	}
	switch options.Lie {
	case "no-server-name", "no-alpn", "only-http1":
		// The transport would fill in the host and its own protocols.
		transport.DialTLS = dialAs(clientConfig(options, cache, report))
	}
	defer transport.CloseIdleConnections()
	frame := append([]byte{0}, binary.BigEndian.AppendUint32(nil, uint32(len(hello)))...)
	request, err := http.NewRequest(http.MethodPost, "https://"+address+"/echo.API/Say",
		bytes.NewReader(append(frame, hello...)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("TE", "trailers")
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	report.Version = tls.VersionName(response.TLS.Version)
	report.ALPN = response.TLS.NegotiatedProtocol
	report.Resumed = response.TLS.DidResume
	status := response.Trailer.Get("Grpc-Status")
	if status == "" {
		status = response.Header.Get("Grpc-Status")
	}
	if status != "0" {
		return fmt.Errorf("gRPC status %q %s%s", status, response.Trailer.Get("Grpc-Message"), response.Header.Get("Grpc-Message"))
	}
	if len(body) < 5 {
		return fmt.Errorf("an answer of %d bytes", len(body))
	}
	report.Echo = string(body[5:])
	return nil
}

func dialAs(config *tls.Config) func(network, address string) (net.Conn, error) {
	return func(network, address string) (net.Conn, error) {
		connection, err := net.Dial(network, address)
		if err != nil {
			return nil, err
		}
		secured := tls.Client(connection, config)
		return secured, secured.Handshake()
	}
}
