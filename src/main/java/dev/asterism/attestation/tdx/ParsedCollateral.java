package dev.asterism.attestation.tdx;

import dev.asterism.crypto.Pem;
import dev.asterism.crypto.RevocationList;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;

/** Collateral with all that is in it read, and nothing verified. */
record ParsedCollateral(
    SignedJson signedTcbInfo,
    TcbInfo tcbInfo,
    List<X509Certificate> tcbInfoChain,
    SignedJson signedQeIdentity,
    QeIdentity qeIdentity,
    List<X509Certificate> qeIdentityChain,
    RevocationList rootCrl,
    RevocationList pckCrl) {

  /** A signer, perhaps an issuer, a root: no more is needed. */
  private static final int MAX_CHAIN = 3;

  static ParsedCollateral of(TdxCollateral raw) throws MalformedException {
    SignedJson tcbInfo = SignedJson.parse(TcbInfo.MEMBER, raw.tcbInfo());
    SignedJson qeIdentity = SignedJson.parse(QeIdentity.MEMBER, raw.qeIdentity());
    return new ParsedCollateral(
        tcbInfo,
        TcbInfo.of(tcbInfo),
        chain("TCB info issuer chain", raw.tcbInfoChain()),
        qeIdentity,
        QeIdentity.of(qeIdentity),
        chain("QE identity issuer chain", raw.qeIdentityChain()),
        RevocationList.parse("root CRL", raw.rootCrl()),
        RevocationList.parse("PCK CRL", raw.pckCrl()));
  }

  private static List<X509Certificate> chain(String what, Bytes pem) throws MalformedException {
    List<X509Certificate> chain =
        Pem.certificates(what, new String(pem.toArray(), StandardCharsets.US_ASCII));
    if (chain.size() > MAX_CHAIN) {
      throw new MalformedException(what, "holds more than " + MAX_CHAIN + " certificates");
    }
    return chain;
  }
}
