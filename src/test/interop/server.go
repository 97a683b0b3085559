package main

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// serverConfig answers one client: the nonce it wants attested stands in the server name.
func serverConfig(options Options, hello *tls.ClientHelloInfo) (*tls.Config, error) {
	nonce, err := base64.StdEncoding.DecodeString(hello.ServerName)
	if err != nil {
		return nil, fmt.Errorf("server name: %w", err)
	}
	certificate, err := mint(options, nonce)
	if err != nil {
		return nil, err
	}
	own := random()
	report := Report{}
	config := &tls.Config{
		Certificates: []tls.Certificate{*certificate},
		MinVersion:   options.Version,
		MaxVersion:   options.Version,
		NextProtos:   []string{"http/1.1", "h2"},
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			if options.Verify == "" {
				return nil
			}
			err := verify(options.Verify, own, raw)
			report.Verified = err == nil
			if err != nil {
				Report{Error: err.Error()}.print()
			}
			return err
		},
		VerifyConnection: func(state tls.ConnectionState) error {
			report.OK = true
			report.Version = tls.VersionName(state.Version)
			report.ALPN = state.NegotiatedProtocol
			report.Resumed = state.DidResume
			report.print()
			return nil
		},
	}
	if options.Verify != "" {
		config.ClientAuth = tls.RequireAnyClientCert
		if config.ClientCAs, err = authorities(options, own); err != nil {
			return nil, err
		}
	}
	return config, nil
}

// authorities names the nonce, as a PrintableString, in the certificate request.
func authorities(options Options, nonce []byte) (*x509.CertPool, error) {
	names := []string{base64.StdEncoding.EncodeToString(nonce)}
	switch options.Lie {
	case "no-authority":
		names = nil
	case "two-authorities":
		names = append(names, base64.StdEncoding.EncodeToString(random()))
	case "authority-not-base64":
		names = []string{"no nonce at all"}
	case "authority-short":
		names = []string{base64.StdEncoding.EncodeToString(nonce[:16])}
	}
	pool := x509.NewCertPool()
	for _, name := range names {
		subject, err := asn1.Marshal(pkix.Name{CommonName: name}.ToRDNSequence())
		if err != nil {
			return nil, err
		}
		// A pool tells certificates apart by these bytes, and of a certificate requests only use the name.
		pool.AddCert(&x509.Certificate{Raw: subject, RawSubject: subject})
	}
	return pool, nil
}

func serve(options Options) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(echo),
		TLSConfig: &tls.Config{
			GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				config, err := serverConfig(options, hello)
				if err != nil {
					Report{Error: err.Error()}.print()
				}
				return config, err
			},
		},
	}
	fmt.Printf("listening %d\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	panic(server.ServeTLS(listener, "", ""))
}

// echo is a gRPC method that answers its request: one length-prefixed message, then the status as trailer.
func echo(out http.ResponseWriter, in *http.Request) {
	message, err := io.ReadAll(in.Body)
	if err != nil || in.ProtoMajor != 2 {
		out.WriteHeader(http.StatusBadRequest)
		return
	}
	out.Header().Set("Content-Type", "application/grpc")
	out.Header().Set("Trailer", "Grpc-Status")
	_, _ = out.Write(message)
	out.Header().Set("Grpc-Status", "0")
}
