package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.Endorsement.Life;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.crypto.CertificateNames;
import dev.asterism.crypto.CertificatePath;
import dev.asterism.crypto.CertificatePath.Result;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.RevocationList;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What Intel's provisioning certification service has, and how to ask for it (PCS API v4). Caches
 * of it (PCCS) are asked the same way, and have the root's revocation list, too.
 */
public final class Pcs {
  /** The service's name; Intel's is at {@code https://api.trustedservices.intel.com}. */
  public static final String SERVICE = "intel-pcs";

  /** Where Intel's root CRL lies: {@code https://certificates.trustedservices.intel.com}. */
  public static final String ROOT_SERVICE = "intel-root";

  private static final int LARGEST = 1024 * 1024;
  private static final int DER_SEQUENCE = 0x30;
  private static final List<String> TCB_CHAIN =
      List.of("tcb-info-issuer-chain", "sgx-tcb-info-issuer-chain");
  private static final List<String> QE_CHAIN = List.of("sgx-enclave-identity-issuer-chain");
  private static final List<String> CRL_CHAIN = List.of("sgx-pck-crl-issuer-chain");

  private Pcs() {}

  /** Whose certificate an answer must lead to: known before, or by what comes with the answer. */
  @FunctionalInterface
  interface Issuer {
    X509Certificate of(Endorsement answer) throws MalformedException;
  }

  static EndorsementRequest tcbInfo(Bytes fmspc, Issuer root) {
    return new EndorsementRequest(
        SERVICE,
        "/tdx/certification/v4/tcb?fmspc=" + fmspc.hex(),
        TCB_CHAIN,
        LARGEST,
        answer -> {
          SignedJson signed = SignedJson.parse(TcbInfo.MEMBER, answer.body());
          checkSigned(signed, tcbChain(answer), root.of(answer));
          TcbInfo info = TcbInfo.of(signed);
          if (!info.fmspc().equals(fmspc)) {
            throw new MalformedException("fmspc", "is that of other platforms");
          }
          return new Life(info.period().from(), info.period().to(), true);
        });
  }

  static EndorsementRequest qeIdentity(Issuer root) {
    return new EndorsementRequest(
        SERVICE,
        "/tdx/certification/v4/qe/identity",
        QE_CHAIN,
        LARGEST,
        answer -> {
          SignedJson signed = SignedJson.parse(QeIdentity.MEMBER, answer.body());
          checkSigned(signed, qeChain(answer), root.of(answer));
          Period period = QeIdentity.of(signed).period();
          return new Life(period.from(), period.to(), true);
        });
  }

  static EndorsementRequest pckCrl(PckAuthority authority, Issuer issuer) {
    return crl(
        SERVICE,
        "/sgx/certification/v4/pckcrl?ca=" + authority.id() + "&encoding=der",
        CRL_CHAIN,
        issuer);
  }

  /**
   * The root's revocation list.
   *
   * @param fromCache whether a PCCS has it; else Intel serves it beside its root
   */
  static EndorsementRequest rootCrl(Issuer root, boolean fromCache) {
    return fromCache
        ? crl(SERVICE, "/sgx/certification/v4/rootcacrl", List.of(), root)
        : crl(ROOT_SERVICE, "/IntelSGXRootCA.der", List.of(), root);
  }

  private static EndorsementRequest crl(
      String service, String path, List<String> headers, Issuer issuer) {
    return new EndorsementRequest(
        service,
        path,
        headers,
        LARGEST,
        answer -> {
          RevocationList list = RevocationList.parse("revocation list", der(answer.body()));
          if (!list.isIssuedBy(issuer.of(answer))) {
            throw new MalformedException("revocation list", "is not its authority's");
          }
          return new Life(list.thisUpdate(), list.nextUpdate(), true);
        });
  }

  /**
   * PCCS write DER as hex where they think that somebody reads it; as DER begins with {@code 0x30},
   * its hex begins with a 3.
   */
  static Bytes der(Bytes body) throws MalformedException {
    if (body.isEmpty() || body.at(0) == DER_SEQUENCE) {
      return body;
    }
    return Bytes.ofHex(
        "revocation list", new String(body.toArray(), StandardCharsets.US_ASCII).strip());
  }

  /** Who signs a TCB info, PEM. */
  static Bytes tcbChain(Endorsement answer) throws MalformedException {
    return chain(answer, TCB_CHAIN);
  }

  /** Who signs a QE identity, PEM. */
  static Bytes qeChain(Endorsement answer) throws MalformedException {
    return chain(answer, QE_CHAIN);
  }

  /** Who signs the list of an authority's PCK certificates, PEM; not every PCCS says it. */
  static Bytes crlChain(Endorsement answer) throws MalformedException {
    return chain(answer, CRL_CHAIN);
  }

  private static Bytes chain(Endorsement answer, List<String> headers) throws MalformedException {
    for (String header : headers) {
      String escaped = answer.headers().get(header);
      if (escaped != null) {
        try {
          return Bytes.ofUtf8(URLDecoder.decode(escaped, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          throw new MalformedException(header, "is not escaped as a URL");
        }
      }
    }
    throw new MalformedException(headers.getFirst(), "is missing");
  }

  /** At least one. */
  static List<X509Certificate> certificates(Bytes pem) throws MalformedException {
    return Pem.certificates("issuer chain", new String(pem.toArray(), StandardCharsets.US_ASCII));
  }

  /** As far as it can be said without a time: at that of its issue. */
  private static void checkSigned(SignedJson signed, Bytes pem, X509Certificate root)
      throws MalformedException {
    List<X509Certificate> chain = certificates(pem);
    X509Certificate signer = chain.getFirst();
    boolean named =
        CertificateNames.commonName(signer).equals(Optional.of(CollateralVerifier.SIGNER));
    if (!named || signer.getBasicConstraints() >= 0) {
      throw new MalformedException("issuer chain", "does not begin with the signer of collateral");
    }
    checkPath(chain, root);
    if (!signed.isSignedBy(signer.getPublicKey())) {
      throw new MalformedException("signature", "is not its signer's over this text");
    }
  }

  /** That a chain leads to the root, at the time when its first certificate was issued. */
  static void checkPath(List<X509Certificate> chain, X509Certificate root)
      throws MalformedException {
    Instant within = chain.getFirst().getNotBefore().toInstant();
    Instant rootFrom = root.getNotBefore().toInstant();
    Result path =
        CertificatePath.check(
            chain.getFirst(),
            chain.subList(1, chain.size()),
            c -> c.getPublicKey().equals(root.getPublicKey()),
            within.isBefore(rootFrom) ? rootFrom : within);
    if (!(path instanceof Result.Trusted)) {
      throw new MalformedException("issuer chain", "does not lead to the platform's root");
    }
  }
}
