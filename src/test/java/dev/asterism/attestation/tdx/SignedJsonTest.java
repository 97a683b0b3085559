package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedJsonTest {
  private static final String SIGNATURE = "\"signature\":\"" + "00".repeat(64) + "\"";

  private static String text(String json) throws MalformedException {
    Bytes cut = SignedJson.parse("tcbInfo", Bytes.ofUtf8(json)).text();
    return new String(cut.toArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void theMemberIsCutOutAsItStands() throws MalformedException {
    String object = "{ \"a\" : \"}\\\"{,\" ,\t\"b\":[{}, 1.50,\"\\\\\"]}";

    assertEquals(object, text("{\"tcbInfo\":" + object + "," + SIGNATURE + "}"));
    assertEquals(object, text(" {" + SIGNATURE + " , \"tcbInfo\" :\n" + object + "\n}\n"));
    assertEquals("{}", text("{\"tcb\\u0049nfo\":{}," + SIGNATURE + "}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tcbInfo\":{}}",
        "{\"tcbInfo\":{},\"signature\":\"00\"}",
        "{\"tcbInfo\":{},\"tcbInfo\":{},S}",
        "{\"tcbInfo\":{},S,\"more\":1}",
        "{\"tcbInfo\":[],S}",
        "{\"a\":{\"tcbInfo\":{}},S}",
        "{\"tcbInfo\":{},\"signature\":\"{}\"}",
        "{S,\"tcbInfo\":\"{}\"}",
        "{S,\"a\":1}",
        "{S,\"tcbInf\":{}}",
        "{S,\"tcbInfos\":{}}",
      })
  void otherFormsAreRefused(String json) {
    assertThrows(MalformedException.class, () -> text(json.replace("S", SIGNATURE)));
  }
}
