package dev.asterism.attestation.gcp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.AkTrust;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An attestation key that Google certifies: a chain to its root, and the instance that the
 * certificate names is the one that is asked for.
 */
final class GcpAkBinding implements AkBinding {
  static final CheckId INSTANCE = new CheckId("ak.instance", Stage.POLICY);

  /** tcg-kp-EKCertificate: certificates of Google's older hierarchy say so of attestation keys. */
  private static final String EK_PURPOSE = "2.23.133.8.1";

  /**
   * Which instance it must be; null: any.
   *
   * @param instanceId decimal
   */
  record Wanted(@Nullable String project, @Nullable String zone, @Nullable String instanceId) {
    static final Wanted ANY = new Wanted(null, null, null);
  }

  private final AkTrust.Certified certified;
  private final Wanted wanted;

  GcpAkBinding(TrustedRoots roots, Wanted wanted) {
    this.certified =
        new AkTrust.Certified(roots, Set.of(AkTrust.Certified.AIK_PURPOSE, EK_PURPOSE));
    this.wanted = wanted;
  }

  @Override
  public List<CheckId> plan() {
    var plan = new ArrayList<>(certified.plan());
    plan.add(INSTANCE);
    return plan;
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    Bytes leaf = presented.certificates().leaf();
    if (certified.check(checks, presented).isEmpty() || leaf == null) {
      return Optional.empty();
    }
    try {
      Optional<GcpInstance> instance = instance(checks, Pem.certificate("ak_cert", leaf));
      return checks.anyFailed()
          ? Optional.empty()
          : Optional.of(
              Bound.by(
                  instance
                      .map(i -> Map.of(Identifier.INSTANCE_ID, i.instanceId()))
                      .orElse(Map.of())));
    } catch (MalformedException e) {
      checks.fail(INSTANCE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<GcpInstance> instance(Checklist checks, X509Certificate certificate)
      throws MalformedException {
    Optional<GcpInstance> instance = GcpInstance.of(certificate);
    if (instance.isEmpty()) {
      if (wanted.equals(Wanted.ANY)) {
        checks.skip(INSTANCE, "the certificate names no instance");
      } else {
        checks.fail(INSTANCE, "the certificate names no instance");
      }
      return Optional.empty();
    }
    if (wanted.equals(Wanted.ANY)) {
      checks.skip(INSTANCE, describe(instance.get()) + ": any is taken");
      return instance;
    }
    boolean right =
        fits(wanted.project(), instance.get().projectId())
            && fits(wanted.zone(), instance.get().zone())
            && fits(wanted.instanceId(), instance.get().instanceId());
    checks.check(
        INSTANCE, "instance of the key", right, describe(wanted), describe(instance.get()));
    return instance;
  }

  private static boolean fits(@Nullable String wanted, String actual) {
    return wanted == null || wanted.equals(actual);
  }

  private static String describe(GcpInstance instance) {
    return describe(instance.projectId(), instance.zone(), instance.instanceId());
  }

  private static String describe(Wanted wanted) {
    return describe(orAny(wanted.project()), orAny(wanted.zone()), orAny(wanted.instanceId()));
  }

  private static String describe(String project, String zone, String instance) {
    return "project " + project + ", zone " + zone + ", instance " + instance;
  }

  private static String orAny(@Nullable String wanted) {
    return wanted == null ? "any" : wanted;
  }
}
