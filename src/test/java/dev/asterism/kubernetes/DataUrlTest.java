package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataUrlTest {
  @Test
  void readsBase64AndEscapedText() throws Exception {
    assertEquals(Bytes.ofUtf8("hello"), DataUrl.decode("data:text/plain;base64,aGVsbG8="));
    assertEquals(Bytes.ofUtf8("hello"), DataUrl.decode("DATA:;base64,aGVsbG8%3D"));
    assertEquals(Bytes.ofUtf8("a b,c"), DataUrl.decode("data:,a%20b,c"));
    assertEquals(Bytes.EMPTY, DataUrl.decode("data:,"));
  }

  @Test
  void refusesBrokenOnes() {
    for (String bad :
        List.of(
            "data:",
            "data:text/plain",
            "https://a/,b",
            "data:,a b",
            "data:,ä",
            "data:,%",
            "data:,%2",
            "data:,%zz",
            "data:;base64,a",
            "data:;base64,aGVsbG8=!")) {
      assertThrows(MalformedException.class, () -> DataUrl.decode(bad), bad);
    }
  }

  @Test
  void tellsThemFromOthers() {
    assertTrue(DataUrl.is("data:,"));
    assertFalse(DataUrl.is("https://data:1/"));
  }
}
