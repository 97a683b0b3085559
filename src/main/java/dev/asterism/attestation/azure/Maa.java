package dev.asterism.attestation.azure;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EndorsementSource.Answer;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.snp.SnpReport;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Asks for the word of Microsoft's attestation service on a paravisor whose signer the policy does
 * not list: a token about this very report, for this very nonce.
 */
final class Maa {
  static final CheckId TOKEN = new CheckId("maa.token", Stage.PARSE);
  static final CheckId KEY = new CheckId("maa.key", Stage.CHAIN);
  static final CheckId SIGNATURE = new CheckId("maa.signature", Stage.SIGNATURE);
  static final CheckId TIME = new CheckId("maa.time", Stage.TIME);
  static final CheckId ISSUER = new CheckId("maa.issuer", Stage.IDENTITY);
  static final CheckId NONCE = new CheckId("maa.nonce", Stage.NONCE);
  static final CheckId REPORT = new CheckId("maa.report", Stage.BINDING);
  static final CheckId COMPLIANCE = new CheckId("maa.compliance", Stage.POLICY);

  static final List<CheckId> PLAN =
      List.of(TOKEN, KEY, SIGNATURE, TIME, ISSUER, NONCE, REPORT, COMPLIANCE);

  /** How far the service's clock may run before ours. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final String TEE = "x-ms-isolation-tee";

  private final String host;
  private final EndorsementSource source;

  /**
   * One service.
   *
   * @param host whose keys are believed
   * @param source of those keys
   */
  Maa(String host, EndorsementSource source) {
    this.host = host;
    this.source = source;
  }

  static void skip(Checklist checks, String why) {
    PLAN.forEach(id -> checks.skip(id, why));
  }

  /** Runs the steps in order; the first that fails ends it. */
  void check(Checklist checks, String compact, SnpReport report, Bytes extra, Instant at) {
    // 1. There is a token.
    MaaToken token;
    try {
      token = MaaToken.parse(compact);
    } catch (MalformedException e) {
      checks.fail(TOKEN, compact.isEmpty() ? "there is none" : String.valueOf(e.getMessage()));
      return;
    }
    checks.pass(TOKEN, "");
    // 2. The service that the policy names signed it.
    Optional<X509Certificate> key = key(checks, token, at);
    if (key.isEmpty() || !signature(checks, token, key.get())) {
      return;
    }
    // 3. Now, itself, for us.
    boolean genuine =
        time(checks, token, at) && issuer(checks, token) && nonce(checks, token, extra);
    // 4. About this report: good.
    if (genuine && report(checks, token, report)) {
      String status = token.text(TEE, "x-ms-compliance-status");
      checks.check(
          COMPLIANCE, status.equals("azure-compliant-cvm"), "azure-compliant-cvm", shown(status));
    }
  }

  private Optional<X509Certificate> key(Checklist checks, MaaToken token, Instant at) {
    switch (source.get(MaaKeys.request(host))) {
      case Answer.Unavailable(String reason) -> {
        checks.unavailable(KEY, "the keys of " + host + " are not to be had: " + reason);
        return Optional.empty();
      }
      case Answer.Found(var endorsement) -> {
        Optional<X509Certificate> key = MaaKeys.of(endorsement).find(token.keyId(), at);
        if (key.isEmpty()) {
          checks.fail(KEY, host + " has no such key now");
        } else {
          checks.pass(KEY, "");
        }
        return key;
      }
    }
  }

  private static boolean signature(Checklist checks, MaaToken token, X509Certificate key) {
    boolean holds = token.isSignedBy(key.getPublicKey());
    if (holds) {
      checks.pass(SIGNATURE, "");
    } else {
      checks.fail(SIGNATURE, "is not that key's over this token");
    }
    return holds;
  }

  private static boolean time(Checklist checks, MaaToken token, Instant at) {
    Instant from = token.time("nbf");
    Instant to = token.time("exp");
    return checks.check(
        TIME,
        !at.plus(SKEW).isBefore(from) && at.isBefore(to),
        "valid from " + from + " to " + to,
        at.toString());
  }

  private boolean issuer(Checklist checks, MaaToken token) {
    String issuer = token.text("iss");
    return checks.check(ISSUER, issuer.equals("https://" + host), "https://" + host, shown(issuer));
  }

  private static boolean nonce(Checklist checks, MaaToken token, Bytes extra) {
    String nonce = token.text("x-ms-runtime", "client-payload", "nonce");
    return checks.check(NONCE, nonce.equals(extra.base64()), extra.base64(), shown(nonce));
  }

  private static boolean report(Checklist checks, MaaToken token, SnpReport report) {
    String type = token.text(TEE, "x-ms-attestation-type");
    return checks.check(REPORT, "kind of report", type.equals("sevsnpvm"), "sevsnpvm", shown(type))
        && same(checks, token, "idkeydigest", report.idKeyDigest())
        && same(checks, token, "reportdata", report.reportData())
        && same(checks, token, "launchmeasurement", report.measurement());
  }

  private static boolean same(Checklist checks, MaaToken token, String claim, Bytes ours) {
    String said = token.text(TEE, "x-ms-sevsnpvm-" + claim);
    return checks.check(
        REPORT, claim, said.toLowerCase(Locale.ROOT).equals(ours.hex()), ours.hex(), shown(said));
  }

  /** What a token says goes into records. */
  private static String shown(String text) {
    return text.isEmpty() ? "nothing" : text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
