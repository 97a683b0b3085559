package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
