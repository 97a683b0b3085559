package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "1",
        "{",
        "{}x",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":1,}"
      })
  void refusesWhatIsNotExactlyOneStrictObject(String text) {
    assertThrows(MalformedException.class, () -> Json.object("document", text));
  }

  @Test
  void refusesDepthBeyondReason() {
    String deep = "{\"a\":".repeat(5000) + "1" + "}".repeat(5000);
    assertThrows(MalformedException.class, () -> Json.object("document", deep));
  }

  @Test
  void refusesMoreMembersThanATreeShouldHold() {
    String many = "{\"a\":[" + "{},".repeat(30_000) + "{}]}";
    assertThrows(MalformedException.class, () -> Json.object("document", many));
  }

  @Test
  void refusesANumberOfManyDigits() {
    String huge = "{\"a\":" + "9".repeat(100_000) + "}";
    assertThrows(MalformedException.class, () -> Json.object("document", huge));
  }

  @Test
  void refusesMoreThanTheLimit() {
    String large = "{\"a\":\"" + "x".repeat(Json.MAX_BYTES) + "\"}";
    assertThrows(MalformedException.class, () -> Json.object("document", large));
  }

  @Test
  void takesAsMuchAsTheLimitAndSaysWhatIsMore() throws MalformedException {
    String around = "{\"a\":\"\"}";
    String most = "{\"a\":\"" + "x".repeat(Json.MAX_BYTES - around.length()) + "\"}";
    assertEquals(
        Json.MAX_BYTES - around.length(), Json.string(Json.object("d", most), "a").length());
    assertMessage("is larger than", most + " ");
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    assertMessage("is empty", "");
    assertMessage("is empty", " ");
    assertMessage("is not a JSON object", "[]");
    assertMessage("line 2, column", "{\n]");
  }

  private static void assertMessage(String part, String text) {
    var failure = assertThrows(MalformedException.class, () -> Json.object("document", text));
    assertTrue(failure.getMessage().contains(part), failure.getMessage());
  }

  @Test
  void readsMembersOfEveryKind() throws MalformedException {
    var node = Json.object("document", "{\"c\":{\"b\":\"AQI=\"},\"s\":\"x\"}");
    assertEquals("0102", Json.base64(Json.child(node, "c"), "b").hex());
    var absent = assertThrows(MalformedException.class, () -> Json.child(node, "none"));
    assertTrue(absent.getMessage().contains("is missing"), absent.getMessage());
    var other = assertThrows(MalformedException.class, () -> Json.child(node, "s"));
    assertTrue(other.getMessage().contains("is not an object"), other.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "[[],[{}]]",
        "\"\u00e9\"",
        "0",
        "-2147483648",
        "2147483648",
        "123456789012345678901234567890",
        "1.5",
        "-0.0",
        "true",
        "false",
        "null",
        "{\"a\":[1,{\"b\":null}],\"c\":\"\\\"\\n\"}"
      })
  void readsEveryKindOfValueAsTheMapperDoes(String text) throws MalformedException {
    JsonNode read = Json.value("document", Bytes.ofUtf8(text));
    assertEquals(JsonMapper.shared().readTree(text), read);
    assertEquals(text, Json.line(read));
  }

  @Test
  void writesOneLineOrManyInTheOrderOfMembers() throws MalformedException {
    var node = Json.newObject().put("b", 1).put("a", "x");
    assertEquals("{\"b\":1,\"a\":\"x\"}", Json.line(node));
    assertEquals(node, Json.object("document", Json.pretty(node)));
    assertTrue(Json.pretty(node).lines().count() > 2);
  }

  @Test
  void neverRepeatsTheInputInAnError() {
    var failure =
        assertThrows(
            MalformedException.class, () -> Json.object("document", "{\"hunter2\": hunter2}"));
    assertFalse(failure.getMessage().contains("hunter2"), failure.getMessage());
  }

  @Test
  void tellsAbsentFromWrong() throws MalformedException {
    var node = Json.object("document", "{\"n\":null,\"s\":\"x\",\"i\":1}");
    assertNull(Json.optionalString(node, "n"));
    assertNull(Json.optionalString(node, "absent"));
    assertEquals("x", Json.string(node, "s"));
    assertThrows(MalformedException.class, () -> Json.string(node, "n"));
    assertThrows(MalformedException.class, () -> Json.optionalString(node, "i"));
    assertThrows(MalformedException.class, () -> Json.child(node, "s"));
  }
}
