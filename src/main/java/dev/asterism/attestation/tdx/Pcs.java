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
  private static final List<String> TCB_CHAIN =
      List.of("tcb-info-issuer-chain", "sgx-tcb-info-issuer-chain");
  private static final List<String> QE_CHAIN = List.of("sgx-enclave-identity-issuer-chain");

  private Pcs() {}

  static EndorsementRequest tcbInfo(TdxPlatformId platform) {
    return new EndorsementRequest(
        SERVICE,
        "/tdx/certification/v4/tcb?fmspc=" + platform.fmspc().hex(),
        TCB_CHAIN,
        LARGEST,
        answer -> {
          SignedJson signed = SignedJson.parse(TcbInfo.MEMBER, answer.body());
          checkSigned(signed, tcbChain(answer), platform);
          TcbInfo info = TcbInfo.of(signed);
          if (!info.fmspc().equals(platform.fmspc())) {
            throw new MalformedException("fmspc", "is that of other platforms");
          }
          return new Life(info.period().from(), info.period().to(), true);
        });
  }

  static EndorsementRequest qeIdentity(TdxPlatformId platform) {
    return new EndorsementRequest(
        SERVICE,
        "/tdx/certification/v4/qe/identity",
        QE_CHAIN,
        LARGEST,
        answer -> {
          SignedJson signed = SignedJson.parse(QeIdentity.MEMBER, answer.body());
          checkSigned(signed, qeChain(answer), platform);
          Period period = QeIdentity.of(signed).period();
          return new Life(period.from(), period.to(), true);
        });
  }

  static EndorsementRequest pckCrl(TdxPlatformId platform) {
    return crl(
        SERVICE,
        "/sgx/certification/v4/pckcrl?ca=" + platform.authority().id() + "&encoding=der",
        platform.issuer());
  }

  /**
   * The root's revocation list.
   *
   * @param fromCache whether a PCCS has it; else Intel serves it beside its root
   */
  static EndorsementRequest rootCrl(TdxPlatformId platform, boolean fromCache) {
    return fromCache
        ? crl(SERVICE, "/sgx/certification/v4/rootcacrl", platform.root())
        : crl(ROOT_SERVICE, "/IntelSGXRootCA.der", platform.root());
  }

  private static EndorsementRequest crl(String service, String path, X509Certificate issuer) {
    return new EndorsementRequest(
        service,
        path,
        List.of(),
        LARGEST,
        answer -> {
          RevocationList list = RevocationList.parse("revocation list", der(answer.body()));
          if (!list.isIssuedBy(issuer)) {
            throw new MalformedException("revocation list", "is not its authority's");
          }
          return new Life(list.thisUpdate(), list.nextUpdate(), true);
        });
  }

  /** PCCS write DER as hex where they think that somebody reads it. */
  static Bytes der(Bytes body) throws MalformedException {
    if (body.isEmpty() || (body.at(0) == 0x30 && body.length() > 1 && body.at(1) >= 0x80)) {
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

  /** As far as it can be said without a time: at that of its issue. */
  private static void checkSigned(SignedJson signed, Bytes pem, TdxPlatformId platform)
      throws MalformedException {
    List<X509Certificate> chain =
        Pem.certificates("issuer chain", new String(pem.toArray(), StandardCharsets.US_ASCII));
    X509Certificate signer = chain.getFirst();
    Instant within = signer.getNotBefore().toInstant();
    Instant rootFrom = platform.root().getNotBefore().toInstant();
    Result path =
        CertificatePath.check(
            signer,
            chain.subList(1, chain.size()),
            c -> c.getPublicKey().equals(platform.root().getPublicKey()),
            within.isBefore(rootFrom) ? rootFrom : within);
    boolean named =
        CertificateNames.commonName(signer).equals(Optional.of(CollateralVerifier.SIGNER));
    if (!(path instanceof Result.Trusted) || !named || signer.getBasicConstraints() >= 0) {
      throw new MalformedException("issuer chain", "does not lead to the platform's root");
    }
    if (!signed.isSignedBy(signer.getPublicKey())) {
      throw new MalformedException("signature", "is not its signer's over this text");
    }
  }
}
