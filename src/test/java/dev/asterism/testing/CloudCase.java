package dev.asterism.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.AkCertificates;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.attestation.tpm.TpmtPublic;
import dev.asterism.attestation.tpm.VtpmDocument;
import dev.asterism.attestation.tpm.VtpmJson;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A vTPM document of a cloud and a config by which it is good, until a test changes one of them:
 * exactly one check then refuses.
 */
public abstract class CloudCase {
  public final ForgedVtpm vtpm = ForgedVtpm.genuine();
  public final ObjectNode config;
  public final CertificateAuthority authority;
  public final Instant at;
  private final Platform platform;

  protected CloudCase(Platform platform, Instant at, ObjectNode config) {
    this.platform = platform;
    this.at = at;
    this.config = config;
    this.authority = CertificateAuthority.create("root", at.minusSeconds(60), at.plusSeconds(60));
    config.putObject("measurements").put("4", vtpm.pcrs(Digests.SHA256).get(4).hex());
  }

  /** Puts together what the document says of the machine. */
  protected abstract @Nullable Bytes instanceInfo();

  /** {@code SHA-256(userData ‖ nonce)}. */
  public final Bytes extra() {
    return Digests.SHA256.of(vtpm.userData, vtpm.nonce);
  }

  public final ObjectNode child(String member) {
    return config.get(member) instanceof ObjectNode present ? present : config.putObject(member);
  }

  public final Bytes certificate(PublicKey key, Usage usage) {
    return ForgedSnp.der(
        authority.issue(
            new CertificateAuthority.Request(
                key, "CN=ak", at.minusSeconds(9), at.plusSeconds(9), usage, List.of(), List.of())));
  }

  /** The policy wants a certificate of {@link #authority}, and there is one. */
  public final void certified() {
    vtpm.akCert = certificate(vtpm.key.getPublic(), Usage.ATTESTATION_KEY);
    config
        .putObject("akTrust")
        .put("mode", "certificate")
        .putArray("roots")
        .add(authority.certificatePem());
  }

  public final Appraisal judge() throws MalformedException {
    Bytes document = document();
    return verifier().verify(document, challenge());
  }

  /** With what it says of the machine now. */
  public final Bytes document() {
    vtpm.instanceInfo = instanceInfo();
    return vtpm.document();
  }

  /** By the config as it is now. */
  public final Verifier verifier() throws MalformedException {
    return platform.policy(config).verifier();
  }

  public final Challenge challenge() {
    return new Challenge(vtpm.nonce, vtpm.userData, at);
  }

  /** By the binding's own word, with nobody around who looks at the list of checks once more. */
  private boolean isBound() throws MalformedException {
    AkBinding binding = ((PcrPolicy) platform.policy(config)).binding();
    VtpmDocument document = VtpmJson.parse(vtpm.document());
    var presented =
        new AkBinding.Presented(
            vtpm.key.getPublic(),
            TpmtPublic.parse(document.akPub()),
            document,
            new AkCertificates(document.akCert(), document.intermediateCerts()),
            challenge());
    return binding.check(new Checklist(binding.plan()), presented).isPresent();
  }

  public final Appraisal assertAccepted() throws MalformedException {
    Appraisal appraisal = judge();
    assertTrue(appraisal.accepted(), appraisal.reason());
    return appraisal;
  }

  /** Genuine or not, it is not good: by this check and no other. */
  public final Appraisal assertOnly(String check) throws MalformedException {
    Appraisal appraisal = judge();
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList(),
        appraisal.reason());
    return appraisal;
  }

  /** Refused by this check, and known to be genuine. */
  public final Appraisal assertOnlyNotGood(String check) throws MalformedException {
    Appraisal appraisal = assertOnly(check);
    assertTrue(appraisal.claims().isPresent(), check);
    assertTrue(isBound(), check);
    return appraisal;
  }

  /** Refused by this check, as the key may be anybody's. */
  public final Appraisal assertNotBound(String check) throws MalformedException {
    Appraisal appraisal = assertOnly(check);
    assertTrue(appraisal.claims().isEmpty(), check);
    assertFalse(isBound(), check);
    return appraisal;
  }

  /** The config is wrong, and the error names the member. */
  public final void assertMalformed(String member) {
    String message =
        assertThrows(MalformedException.class, () -> platform.policy(config)).getMessage();
    assertTrue(message.contains(member), message);
  }
}
