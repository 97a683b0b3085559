package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class RememberedTest {
  private final Remembered<String, Integer> remembered = new Remembered<>(2);

  @Test
  void remembersUntilThereWouldBeTooMuch() {
    remembered.put("a", 1);
    remembered.put("b", 2);
    remembered.put("a", 3);
    assertEquals(3, remembered.get("a"));
    assertEquals(2, remembered.get("b"));

    remembered.put("c", 4);
    assertNull(remembered.get("a"));
    assertNull(remembered.get("b"));
    assertEquals(4, remembered.get("c"));
  }
}
