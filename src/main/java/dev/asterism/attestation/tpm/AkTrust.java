package dev.asterism.attestation.tpm;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.crypto.CertificatePath;
import dev.asterism.crypto.CertificatePath.Result;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The policy's own word on attestation keys: {@code akTrust} of an attestation config. */
public sealed interface AkTrust extends AkBinding {
  CheckId TRUST = new CheckId("ak.trust", Stage.IDENTITY);
  CheckId CHAIN = new CheckId("ak.chain", Stage.CHAIN);
  CheckId VALIDITY = new CheckId("ak.validity", Stage.TIME);
  CheckId CERTIFIED = new CheckId("ak.certified", Stage.BINDING);

  /** Any key, as old peers take it: said aloud in every verdict. */
  record Any() implements AkTrust {
    @Override
    public List<CheckId> plan() {
      return List.of(TRUST);
    }

    @Override
    public Optional<Bound> check(Checklist checks, Presented presented) {
      checks.warn(
          TRUST,
          "any attestation key is taken: whoever runs the TPM may be anybody"
              + " (akTrust pins or certifies it)");
      return Optional.of(Bound.by(Map.of()));
    }
  }

  /**
   * Keys that the policy lists.
   *
   * @param names of TPM keys, and SHA-256 hashes of DER SubjectPublicKeyInfo; told apart by length
   */
  record Pinned(Set<Bytes> names) implements AkTrust {
    public Pinned {
      names = Set.copyOf(names);
    }

    @Override
    public List<CheckId> plan() {
      return List.of(TRUST);
    }

    @Override
    public Optional<Bound> check(Checklist checks, Presented presented) {
      TpmtPublic area = presented.area();
      Bytes key = SigningKeys.spkiSha256(presented.key());
      Bytes name = area == null ? key : area.name().value();
      boolean byName = area != null && names.contains(name);
      boolean listed =
          checks.check(
              TRUST,
              "attestation key",
              byName || names.contains(key),
              "one of " + names.size() + " listed",
              name.hex());
      return listed
          ? Optional.of(Bound.by(byName ? Map.of(Identifier.AK_NAME, name.hex()) : Map.of()))
          : Optional.empty();
    }
  }

  /**
   * Keys that one of the roots certifies.
   *
   * @param trusted roots by certificate, and built-in ones whose certificates come with the
   *     evidence
   * @param purposes extended key usages that stand for an attestation key, where a certificate
   *     names any
   */
  record Certified(TrustedRoots trusted, Set<String> purposes) implements AkTrust {
    /** tcg-kp-AIKCertificate. */
    public static final String AIK_PURPOSE = "2.23.133.8.3";

    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;

    public Certified {
      purposes = Set.copyOf(purposes);
    }

    public Certified(List<X509Certificate> roots, Set<TrustAnchor> anchors) {
      this(new TrustedRoots(roots, anchors), Set.of(AIK_PURPOSE));
    }

    @Override
    public List<CheckId> plan() {
      return List.of(CHAIN, VALIDITY, CERTIFIED);
    }

    @Override
    public Optional<Bound> check(Checklist checks, Presented presented) {
      Bytes der = presented.certificates().leaf();
      if (der == null) {
        checks.fail(CHAIN, "the attestation key comes without a certificate");
        return Optional.empty();
      }
      try {
        X509Certificate leaf = Pem.certificate("ak_cert", der);
        List<X509Certificate> issuers = new ArrayList<>();
        for (Bytes issuer : presented.certificates().issuers()) {
          issuers.add(Pem.certificate("intermediate_certs", issuer));
        }
        return checkPath(checks, presented, leaf, issuers)
            ? Optional.of(Bound.by(Map.of()))
            : Optional.empty();
      } catch (MalformedException e) {
        checks.fail(CHAIN, String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }

    private boolean checkPath(
        Checklist checks,
        Presented presented,
        X509Certificate leaf,
        List<X509Certificate> issuers) {
      List<X509Certificate> candidates = new ArrayList<>(issuers);
      candidates.addAll(trusted.certificates());
      switch (CertificatePath.check(
          leaf, candidates, trusted::holds, trusted.keys(), presented.challenge().at())) {
        case Result.Broken(boolean time, String reason) -> {
          checks.fail(time ? VALIDITY : CHAIN, reason);
          return false;
        }
        case Result.Trusted(X509Certificate root) -> {
          checks.pass(CHAIN, "ends at " + root.getSubjectX500Principal().getName());
          checks.pass(VALIDITY, "at " + presented.challenge().at());
          String misuse = misuse(leaf);
          if (!misuse.isEmpty()) {
            checks.fail(CERTIFIED, misuse);
            return false;
          }
          return checks.equal(
              CERTIFIED,
              SigningKeys.spkiSha256(leaf.getPublicKey()),
              SigningKeys.spkiSha256(presented.key()));
        }
      }
    }

    /** Why the certificate does not stand for an attestation key; empty where it may. */
    private String misuse(X509Certificate leaf) {
      try {
        List<String> named = leaf.getExtendedKeyUsage();
        if (named != null
            && !named.contains(ANY_PURPOSE)
            && named.stream().noneMatch(purposes::contains)) {
          return "the certificate is for other purposes than attestation keys";
        }
      } catch (CertificateParsingException e) {
        return "the certificate's extended key usage cannot be read";
      }
      if (leaf.getBasicConstraints() >= 0) {
        return "the certificate is that of an authority, not of an attestation key";
      }
      boolean[] usage = leaf.getKeyUsage();
      return usage != null && !usage[DIGITAL_SIGNATURE] ? "the certificate's key may not sign" : "";
    }
  }
}
