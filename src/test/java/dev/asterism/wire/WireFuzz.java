package dev.asterism.wire;

import dev.asterism.testing.fuzz.FuzzTarget;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** JSON, hex and base64. */
public final class WireFuzz {
  private WireFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.ofText(
                "Json",
                text -> finite(Json.value("json", Bytes.ofUtf8(text))),
                "{\"a\": [1, -2.5e3, true, null, \"\\u00e9\\n\"], \"b\": {\"c\": {}}}",
                "\"\"",
                "[[[[[]]]]]")
            .writing(node -> Bytes.ofUtf8(Json.line(node))),
        FuzzTarget.ofText("Hex", text -> Bytes.ofHex("hex", text), "", "00ffAb")
            .writing(value -> Bytes.ofUtf8(value.hex())),
        FuzzTarget.ofText("Base64", text -> Bytes.ofBase64("base64", text), "", "AAECAw==", "+/+/")
            .writing(value -> Bytes.ofUtf8(value.base64())),
        FuzzTarget.ofText(
                "Base64Url", text -> Bytes.ofBase64Url("base64url", text), "", "AAECAw", "-_-_")
            .writing(value -> Bytes.ofUtf8(value.base64Url())));
  }

  /** A number above all doubles is infinite, and is not written as it was read. */
  private static JsonNode finite(JsonNode node) throws MalformedException {
    if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
      throw new MalformedException("json", "holds a number that is not written");
    }
    for (JsonNode child : node) {
      finite(child);
    }
    return node;
  }
}
