package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

const nonceLength = 32

// Document is the dummy evidence.
type Document struct {
	UserData []byte
	Nonce    []byte
}

// firstNonce is what "stale" evidence repeats.
var firstNonce []byte

// mint makes the certificate of one connection, with evidence over the peer's nonce where this side attests.
func mint(options Options, nonce []byte) (*tls.Certificate, error) {
	var key crypto.Signer
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	switch options.Lie {
	case "p384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	if err != nil {
		return nil, err
	}
	name := pkix.Name{CommonName: "Constellation"}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      name,
		Issuer:       name,
		NotBefore:    now.Add(-2 * time.Hour),
		NotAfter:     now.Add(2 * time.Hour),
	}
	switch options.Lie {
	case "expired":
		template.NotAfter = now.Add(-time.Minute)
	case "not-yet-valid":
		template.NotBefore = now.Add(time.Minute)
	case "client-eku":
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if options.Attest != "" && options.Lie != "no-extension" {
		extension, err := evidence(options, key.Public(), nonce)
		if err != nil {
			return nil, err
		}
		template.ExtraExtensions = []pkix.Extension{extension}
	}
	signer := key
	if options.Lie == "signed-by-other" {
		if signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, err
		}
	}
	parent := *template
	parent.PublicKey = signer.Public()
	der, err := x509.CreateCertificate(rand.Reader, template, &parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	chain := [][]byte{der}
	if options.Lie == "two-certificates" {
		chain = append(chain, der)
	}
	return &tls.Certificate{Certificate: chain, PrivateKey: key}, nil
}

func evidence(options Options, key crypto.PublicKey, nonce []byte) (pkix.Extension, error) {
	if firstNonce == nil {
		firstNonce = nonce
	}
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return pkix.Extension{}, err
	}
	hash := sha256.Sum256(spki)
	document := Document{UserData: hash[:], Nonce: nonce}
	oid := options.Attest
	switch options.Lie {
	case "wrong-nonce":
		document.Nonce = random()
	case "nonce-prefix":
		document.Nonce = nonce[:len(nonce)-1]
	case "stale":
		document.Nonce = firstNonce
	case "other-key":
		document.UserData = random()
	case "wrong-oid":
		oid = "1.3.9900.99.1"
	}
	value, err := json.Marshal(document)
	if err != nil {
		return pkix.Extension{}, err
	}
	if options.Lie == "large" {
		value = append(value[:len(value)-1], []byte(`,"Log":"`+strings.Repeat("A", 150_000)+`"}`)...)
	}
	return pkix.Extension{Id: parseOID(oid), Value: value}, nil
}

// verify judges a peer's certificates as a deployed peer does. Go checks time, extended key usage and critical
// extensions, but not the signature of a certificate that is a root itself.
func verify(oid string, nonce []byte, raw [][]byte) error {
	if len(raw) != 1 {
		return fmt.Errorf("expected 1 certificate, got %d", len(raw))
	}
	certificate, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots}); err != nil {
		return err
	}
	if certificate.PublicKeyAlgorithm != x509.ECDSA || certificate.SignatureAlgorithm != x509.ECDSAWithSHA256 {
		return fmt.Errorf("the certificate is %s", certificate.SignatureAlgorithm)
	}
	if certificate.Subject.String() != "CN=Constellation" || certificate.Issuer.String() != "CN=Constellation" {
		return fmt.Errorf("the certificate is of %s by %s", certificate.Subject, certificate.Issuer)
	}
	if bits := certificate.SerialNumber.BitLen(); certificate.SerialNumber.Sign() <= 0 || bits > 128 || bits < 64 {
		return fmt.Errorf("the serial number has %d bits", bits)
	}
	if life := certificate.NotAfter.Sub(certificate.NotBefore); life != 4*time.Hour {
		return fmt.Errorf("the certificate is valid for %s", life)
	}
	if oid == "" {
		if len(certificate.Extensions) != 0 {
			return fmt.Errorf("%d extensions of a side that does not attest", len(certificate.Extensions))
		}
		return nil
	}
	if len(certificate.Extensions) != 1 || certificate.Extensions[0].Critical {
		return fmt.Errorf("not exactly one non-critical extension: %v", certificate.Extensions)
	}
	extension := certificate.Extensions[0]
	if extension.Id.String() != oid {
		return fmt.Errorf("evidence of %s, not %s", extension.Id, oid)
	}
	var document Document
	if err := json.Unmarshal(extension.Value, &document); err != nil {
		return err
	}
	if string(document.Nonce) != string(nonce) {
		return fmt.Errorf("evidence over another nonce")
	}
	hash := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	if string(document.UserData) != string(hash[:]) {
		return fmt.Errorf("evidence over another key")
	}
	return nil
}

func random() []byte {
	nonce := make([]byte, nonceLength)
	if _, err := rand.Read(nonce); err != nil {
		panic(err)
	}
	return nonce
}

func parseOID(dotted string) asn1.ObjectIdentifier {
	var oid asn1.ObjectIdentifier
	for _, arc := range strings.Split(dotted, ".") {
		number, err := strconv.Atoi(arc)
		if err != nil {
			panic(err)
		}
		oid = append(oid, number)
	}
	return oid
}
