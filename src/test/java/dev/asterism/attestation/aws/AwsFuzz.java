package dev.asterism.attestation.aws;

import dev.asterism.testing.CloudCase;
import dev.asterism.testing.ForgedNitro;
import dev.asterism.testing.fuzz.CloudVerifier;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Cbor;
import dev.asterism.wire.Json;
import java.util.List;
import java.util.Map;

/** What a Nitro hypervisor, or who claims to be one, says. */
public final class AwsFuzz {
  private AwsFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("Cbor", bytes -> Cbor.parse("item", bytes), AwsFuzz::documents)
            .writing(Cbor::encode),
        FuzzTarget.of(
            "NitroAnswer",
            NitroRequest::document,
            () ->
                List.of(
                    Bytes.concat(
                        entry("Attestation", entry("document", new Cbor.ByteString(Bytes.zeros(9))))
                            .encode(),
                        Bytes.zeros(9)))),
        FuzzTarget.of("CoseSign1", CoseSign1::parse, AwsFuzz::documents),
        FuzzTarget.of(
            "NitroDocument",
            NitroDocument::parse,
            () -> List.of(ForgedNitro.with(f -> {}).payload())),
        FuzzTarget.ofText(
                "AwsNitroTpmConfig",
                text -> new AwsNitroTpm().policy(Json.object("config", text)),
                "{\"measurements\":{},\"nitroDocument\":{\"roots\":[\"aws-nitro-root-g1\"],\"pcrs\":{\"4\":\""
                    + "00".repeat(48)
                    + "\"}}}")
            .quoting("the operator must know which register of his own file is meant"),
        CloudVerifier.target("AwsSevSnpVerifier", AwsDocumentsTest::ofAws),
        CloudVerifier.target("AwsNitroTpmVerifier", AwsFuzz::nitroInstance));
  }

  private static CloudCase nitroInstance() {
    var instance = new AwsDocumentsTest.NitroInstance();
    var _ = instance.required();
    return instance;
  }

  private static Cbor entry(String name, Cbor value) {
    return new Cbor.Entries(Map.of(new Cbor.Text(name), value));
  }

  private static List<Bytes> documents() {
    return List.of(
        ForgedNitro.with(f -> {}).document(), ForgedNitro.with(f -> f.tagged = true).document());
  }
}
