package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** What TPMs and their hosts say. */
public final class TpmFuzz {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Bytes DATA = Bytes.ofUtf8("data");

  private TpmFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("TpmsAttest", TpmsAttest::parse, TpmFuzz::quotes).writing(TpmsAttest::raw),
        FuzzTarget.of("TpmtSignature", TpmtSignature::parse, TpmFuzz::signatures)
            .writing(TpmtSignature::encode),
        FuzzTarget.of("TpmtPublic", TpmFuzz::key, TpmFuzz::publicAreas).writing(TpmtPublic::raw),
        FuzzTarget.of(
            "EcdsaSigValue",
            der -> Signatures.ofDer("signature", Digests.SHA256, der),
            () -> {
              ForgedVtpm forged = ecdsa("secp256r1");
              return List.of(forged.rawSignature(forged.attest(Digests.SHA256)));
            }),
        FuzzTarget.of(
            "SubjectPublicKeyInfo",
            der -> SigningKeys.ofSpki("key", der),
            () ->
                List.of(
                    Bytes.of(ForgedVtpm.keyPair("RSA").getPublic().getEncoded()),
                    Bytes.of(ForgedVtpm.keyPair("secp384r1").getPublic().getEncoded()))),
        FuzzTarget.of("VtpmDocument", VtpmJson::parse, TpmFuzz::documents).writing(VtpmJson::write),
        FuzzTarget.of("VtpmVerifier", new Verification()::judge, TpmFuzz::documents),
        FuzzTarget.of("QuoteFacts", QuoteFacts::of, TpmFuzz::documents),
        FuzzTarget.ofText(
            "AkTrust", text -> AkTrustConfig.parse(Json.object("config", text)), TpmFuzz::trusts),
        FuzzTarget.of("TpmQuoteInputs", TpmFuzz::judge, TpmFuzz::quoteInputs)
            .quoting("the person at the shell must know which register is meant"),
        TpmResponses.target());
  }

  private static ForgedVtpm ecdsa(String curve) {
    return ForgedVtpm.with(f -> f.ecdsa(curve, Digests.SHA256));
  }

  private static List<Bytes> quotes() {
    return List.of(
        ForgedVtpm.genuine().attest(Digests.SHA256), MeasuredBootData.GOOD.file("quote.attest"));
  }

  private static List<Bytes> signatures() {
    ForgedVtpm rsa = ForgedVtpm.genuine();
    ForgedVtpm ecdsa = ecdsa("secp384r1");
    return List.of(
        rsa.signature(rsa.attest(Digests.SHA256)), ecdsa.signature(ecdsa.attest(Digests.SHA256)));
  }

  private static TpmtPublic key(Bytes area) throws MalformedException {
    TpmtPublic parsed = TpmtPublic.parse(area);
    var _ = parsed.publicKey();
    return parsed;
  }

  private static List<Bytes> publicAreas() {
    return List.of(
        ForgedVtpm.genuine().publicArea(),
        ecdsa("secp256r1").publicArea(),
        MeasuredBootData.GOOD.akPublic());
  }

  private static List<Bytes> documents() {
    return List.of(ForgedVtpm.genuine().document(), full().document());
  }

  private static ForgedVtpm full() {
    return ForgedVtpm.with(f -> {
      f.ecdsa("secp256r1", Digests.SHA256);
      f.eventLog = MeasuredBootData.GOOD.file("eventlog.bin");
      f.akCert = DATA;
      f.intermediateCerts.add(DATA);
      f.banks.add(Digests.SHA384);
    });
  }

  private static List<String> trusts() {
    String root = CertificateAuthority.create("root", NOW, NOW.plusSeconds(60)).certificatePem();
    ObjectNode certified = Json.newObject();
    certified
        .putObject("akTrust")
        .put("mode", "certificate")
        .putArray("roots")
        .add(root)
        .add("gcp-ek-ak-root");
    ObjectNode pinned = Json.newObject();
    pinned
        .putObject("akTrust")
        .put("mode", "pinned")
        .putArray("keys")
        .add("000b" + "11".repeat(32))
        .add("22".repeat(32));
    return List.of(
        Json.line(certified), Json.line(pinned), "{\"akTrust\": {\"mode\": \"any\"}}", "{}");
  }

  /** Judges by manifests and registers that a stranger wrote: both are in one object. */
  private static Object judge(Bytes input) throws MalformedException {
    ObjectNode manifest = Json.object("manifest", input);
    ForgedVtpm forged = ForgedVtpm.genuine();
    Map<String, Bytes> files = new TreeMap<>();
    files.put("attest", forged.attest(Digests.SHA256));
    files.put("signature", forged.signature(forged.attest(Digests.SHA256)));
    files.put("ak_public", forged.publicArea());
    files.put("pcrs", Bytes.ofUtf8(Json.line(Json.child(manifest, "registers"))));
    return new TpmQuoteKind()
        .appraise(new Bundle("tpm-quote", manifest, files), Bundle.Ruling.NONE, NOW)
        .toJson();
  }

  private static List<Bytes> quoteInputs() {
    ForgedVtpm forged = ForgedVtpm.genuine();
    ObjectNode manifest = Json.newObject();
    ObjectNode inputs = manifest.putObject("inputs");
    inputs.put("nonce", forged.qualifyingData().hex()).put("bank", "sha256");
    inputs.put("digest_hash", "sha256").put("signature_format", "tpmt");
    inputs.putArray("require_pcrs").add(0).add(23);
    inputs.putArray("eventlog_pcrs");
    ObjectNode values = manifest.putObject("registers").putObject("sha256");
    forged
        .pcrs(Digests.SHA256)
        .forEach((pcr, value) -> values.put(Integer.toString(pcr), value.hex()));
    return List.of(Bytes.ofUtf8(Json.line(manifest)));
  }

  /** Judges documents; takes none but those that hold a quote of its key. */
  private static final class Verification {
    /** What was really quoted, by what the key says of itself. */
    private final Map<Bytes, Bytes> quotes = new HashMap<>();

    private final ForgedVtpm genuine = ForgedVtpm.genuine();
    private final Verifier verifier =
        new PcrPolicy(Variant.QEMU_VTPM, new Measurements(new TreeMap<>()), new AkTrust.Any())
            .verifier();
    private final Challenge challenge = new Challenge(genuine.nonce, genuine.userData, NOW);

    Verification() {
      for (ForgedVtpm made : List.of(genuine, full())) {
        quotes.put(spki(made.key.getPublic()), made.attest(Digests.SHA256));
      }
    }

    Object judge(Bytes document) throws MalformedException {
      boolean accepted = verifier.verify(document, challenge).accepted();
      ParsedDocument parsed = ParsedDocument.of(document);
      Bytes quote = quotes.get(spki(parsed.key()));
      if (accepted && parsed.document().quotes().stream().noneMatch(q -> q.quote().equals(quote))) {
        throw new AssertionError("a forgery is accepted");
      }
      return accepted;
    }

    private static Bytes spki(PublicKey key) {
      return Bytes.of(key.getEncoded());
    }
  }
}
