package dev.asterism.attestation.snp;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Verifies chains: ARK → ASK or ASVK → VCEK or VLEK (AMD 57230). A chain that was found right is
 * known by its bytes and not verified again. Only chains of trusted roots are remembered, so that
 * nobody can push out others' with his own.
 */
public final class ChainVerifier {
  /** Some thousand chips, a few TCB versions of each. */
  private static final int MOST_REMEMBERED = 16 * 1024;

  /** One for each line and kind of key, and those before. */
  private static final int MOST_LISTS = 64;

  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;

  /** The order of P-384 (SEC 2, secp384r1). */
  private static final BigInteger P384_ORDER =
      new BigInteger(
          "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
              + "581a0db248b0a77aecec196accc52973",
          16);

  private final Map<Bytes, VerifiedChain> known = new ConcurrentHashMap<>();

  /** Lists of trusted roots, by their bytes and the root's. */
  private final Map<Bytes, RevocationList> lists = new ConcurrentHashMap<>();

  private final int mostRemembered;
  private final int mostLists;

  public ChainVerifier() {
    this(MOST_REMEMBERED, MOST_LISTS);
  }

  ChainVerifier(int mostRemembered, int mostLists) {
    this.mostRemembered = mostRemembered;
    this.mostLists = mostLists;
  }

  /** What came of it. */
  sealed interface Result {
    record Good(VerifiedChain chain) implements Result {}

    /**
     * @param untrusted all is well but that nobody trusts the root
     */
    record Bad(String reason, boolean untrusted) implements Result {}
  }

  /** A chain of these certificates that was found right before; null where there is none. */
  @Nullable VerifiedChain known(Bytes leaf, Bytes intermediate, Bytes root) {
    return known.get(CertificateSet.fingerprint(leaf, intermediate, root));
  }

  /** Verifies one chain, at no time in particular. */
  Result verify(Bytes leaf, Bytes intermediate, Bytes root, SnpRoots roots) {
    Bytes fingerprint = CertificateSet.fingerprint(leaf, intermediate, root);
    VerifiedChain before = known.get(fingerprint);
    if (before != null) {
      return trusted(before, roots);
    }
    VerifiedChain chain;
    try {
      X509Certificate ark = Pem.certificate("ARK certificate", root);
      // A root that is not trusted is not worth the work.
      if (!roots.trustAny(SnpRoots.keySha256(ark))) {
        return untrusted(ark);
      }
      chain =
          chain(
              Pem.certificate("leaf certificate", leaf),
              Pem.certificate("intermediate certificate", intermediate),
              ark);
    } catch (MalformedException e) {
      return new Result.Bad(String.valueOf(e.getMessage()), false);
    }
    Result result = trusted(chain, roots);
    if (result instanceof Result.Good) {
      remember(fingerprint, chain);
    }
    return result;
  }

  /**
   * A revocation list that the chain's root signed; one that was verified is not verified again.
   */
  RevocationList list(Bytes der, VerifiedChain chain) throws MalformedException {
    Bytes key = Digests.SHA256.of(chain.rootKey(), der);
    RevocationList before = lists.get(key);
    if (before != null) {
      return before;
    }
    RevocationList list = RevocationList.verify(der, chain.root());
    if (lists.size() >= mostLists) {
      lists.keySet().stream().findAny().ifPresent(lists::remove);
    }
    lists.put(key, list);
    return list;
  }

  private void remember(Bytes fingerprint, VerifiedChain chain) {
    if (known.size() >= mostRemembered) {
      // Whichever: it will be verified again when it comes again.
      known.keySet().stream().findAny().ifPresent(known::remove);
    }
    known.put(fingerprint, chain);
  }

  /** What is asked of a chain that was found right, each time. */
  static Result trusted(VerifiedChain chain, SnpRoots roots) {
    return roots.trust(chain.line(), chain.rootKey())
        ? new Result.Good(chain)
        : untrusted(chain.root());
  }

  private static Result untrusted(X509Certificate root) {
    return new Result.Bad(
        "the root is not trusted: SHA-256 of its key " + SnpRoots.keySha256(root).hex(), true);
  }

  private static VerifiedChain chain(
      X509Certificate leaf, X509Certificate intermediate, X509Certificate root)
      throws MalformedException {
    AmdNames.Authority authority = authority(intermediate);
    issuers(intermediate, root, authority);
    signed("leaf certificate", leaf, intermediate);
    if (!AmdNames.commonName(leaf.getSubjectX500Principal()).equals(authority.kind().subject())) {
      throw new MalformedException(
          "leaf certificate", "is not named " + authority.kind().subject());
    }
    if (leaf.getBasicConstraints() >= 0) {
      throw new MalformedException("leaf certificate", "is that of an authority");
    }
    boolean @Nullable [] usage = leaf.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      throw new MalformedException("leaf certificate", "is not for signatures");
    }
    known("leaf certificate", leaf);
    if (!(leaf.getPublicKey() instanceof ECPublicKey key)
        || !key.getParams().getOrder().equals(P384_ORDER)) {
      throw new MalformedException("leaf certificate", "is not of a key on P-384");
    }
    return new VerifiedChain(
        authority.line(),
        authority.kind(),
        CertificateExtensions.of(leaf),
        key,
        List.of(leaf, intermediate, root),
        SnpRoots.keySha256(root));
  }

  /** Checks that both are who they should be, and the one issued by the other. */
  static void issuers(
      X509Certificate intermediate, X509Certificate root, AmdNames.Authority expected)
      throws MalformedException {
    if (!authority(intermediate).equals(expected)) {
      throw new MalformedException(
          "intermediate certificate",
          "is not named " + expected.line().issuerName(expected.kind()));
    }
    if (!AmdNames.commonName(root.getSubjectX500Principal()).equals(expected.line().rootName())) {
      throw new MalformedException("ARK certificate", "is not named " + expected.line().rootName());
    }
    mayIssue("ARK certificate", root, 1);
    mayIssue("intermediate certificate", intermediate, 0);
    signed("ARK certificate", root, root);
    signed("intermediate certificate", intermediate, root);
  }

  private static AmdNames.Authority authority(X509Certificate intermediate)
      throws MalformedException {
    Optional<AmdNames.Authority> authority =
        AmdNames.authority(AmdNames.commonName(intermediate.getSubjectX500Principal()));
    return authority.orElseThrow(() ->
        new MalformedException(
            "intermediate certificate", "is not named as an ASK or ASVK (SEV-Milan, …)"));
  }

  /**
   * @param below how many authorities stand below it
   */
  private static void mayIssue(String what, X509Certificate certificate, int below)
      throws MalformedException {
    known(what, certificate);
    boolean @Nullable [] usage = certificate.getKeyUsage();
    if (certificate.getBasicConstraints() < below || usage == null || !usage[KEY_CERT_SIGN]) {
      throw new MalformedException(what, "may not sign certificates");
    }
  }

  /** Nothing critical in it is unknown. */
  private static void known(String what, X509Certificate certificate) throws MalformedException {
    if (certificate.hasUnsupportedCriticalExtension()) {
      throw new MalformedException(what, "has a critical extension that we do not know");
    }
  }

  /** Checks that {@code issuer} signed it. */
  static void signed(String what, X509Certificate certificate, X509Certificate issuer)
      throws MalformedException {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      throw new MalformedException(what, "names another issuer");
    }
    if (!certificate.getSigAlgOID().equals(PssSignatures.OID)) {
      throw new MalformedException(what, "is not signed with RSASSA-PSS");
    }
    try {
      if (!PssSignatures.verify(
          issuer.getPublicKey(), certificate.getTBSCertificate(), certificate.getSignature())) {
        throw new MalformedException(what, "is not signed by its issuer");
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has no encoding", e);
    }
  }
}
