package dev.asterism.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KmsUriTest {
  /** 32 bytes of 0xfb in base64url, without the padding. */
  private static final String B64 = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";

  private static final String BOTH = "key=" + B64 + "=&salt=" + B64 + "=";
  private static final String SALT = "&salt=" + B64 + "=";
  private static final Bytes VALUE = bytes(0xfb);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kms://cluster-kms?" + BOTH,
        "kms://cluster-kms?key=" + B64 + "%3D&salt=" + B64 + "%3d",
        "kms://cluster-kms?salt=" + B64 + "=&key=" + B64 + "=",
        "kms://cluster-kms?%6bey=%2D_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s=" + SALT,
      })
  void readsEveryEscapingOfOneSecret(String uri) throws Exception {
    MasterSecret secret = MasterSecret.fromKmsUri(uri);
    assertEquals(Secret.copyOf(VALUE), secret.key());
    assertEquals(VALUE, secret.salt());
  }

  @Test
  void readsWhatItWrites() throws Exception {
    var random = new SecureRandom();
    for (int length = MasterSecret.MIN_KEY; length < 40; length++) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      var secret = new MasterSecret(Secret.takeOver(key), VALUE);
      assertEquals(secret, MasterSecret.fromKmsUri(text(secret.toKmsUri())));
    }
  }

  @Test
  void writesPaddedBase64UrlWithItsPaddingEscaped() {
    var secret = new MasterSecret(Secret.copyOf(VALUE), VALUE);
    assertEquals(
        "kms://cluster-kms?key=" + B64 + "%3D&salt=" + B64 + "%3D", text(secret.toKmsUri()));
  }

  @Test
  void opensASourceThatDerives() throws Exception {
    KeySource keys = KeySources.open("kms://cluster-kms?" + BOTH);
    assertEquals(
        new HkdfKeySource(Secret.copyOf(VALUE), VALUE).dataKey("id", 32), keys.dataKey("id", 32));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SECRET",
        "SECRET://cluster-kms?" + BOTH,
        "KMS://cluster-kms?" + BOTH,
        "kms:cluster-kms?" + BOTH,
        "kms://",
        "kms://SECRET",
        "kms://cluster-kms",
        "kms://cluster-kms?",
        "kms://cluster-kms/?" + BOTH,
        "kms://user@cluster-kms?" + BOTH,
        "kms://cluster-kms:1?" + BOTH,
        "kms://cluster-kms?key=" + B64 + "=",
        "kms://cluster-kms?salt=" + B64 + "=",
        "kms://cluster-kms?key=" + SALT,
        "kms://cluster-kms?key" + SALT,
        "kms://cluster-kms?" + BOTH + "&",
        "kms://cluster-kms?&" + BOTH,
        "kms://cluster-kms?" + BOTH + "&SECRET=1",
        "kms://cluster-kms?" + BOTH + "&SECRET",
        "kms://cluster-kms?" + BOTH + "&key=" + B64 + "=",
        "kms://cluster-kms?" + BOTH + "#SECRET",
        "kms://cluster-kms?Key=" + B64 + "=" + SALT,
        "kms://cluster-kms?key=" + B64 + "=;salt=" + B64 + "=",
        "kms://cluster-kms?key=" + B64 + SALT,
        "kms://cluster-kms?key=" + B64 + "=&salt=" + B64,
        "kms://cluster-kms?key=" + B64 + "%" + SALT,
        "kms://cluster-kms?key=SECRET%zz" + SALT,
        "kms://cluster-kms?key=+/v7SECRETv7+/v7+/v7+/v7+/v7+/s=" + SALT,
        "kms://cluster-kms?key=-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_t=" + SALT,
        "kms://cluster-kms?key=SECRETSECRET" + SALT,
        "kms://cluster-kms?key=" + B64 + "=&salt=SECRETSECRET",
      })
  void refusesWhatIsNotExactlyThatFormAndRepeatsNothingOfIt(String uri) {
    var refusal = assertThrows(MalformedException.class, () -> MasterSecret.fromKmsUri(uri));
    assertFalse(refusal.getMessage().contains("SECRET"), refusal.getMessage());
    assertFalse(refusal.getMessage().contains("_v7"), refusal.getMessage());
  }

  @Test
  void survivesUrisWithAnyCharactersChanged() {
    String uri = "kms://cluster-kms?" + BOTH;
    var random = new Random(1);
    String alphabet = "&=?%#+/:;A_-0~\u00e4\u0000\ud83d";
    for (int i = 0; i < 5000; i++) {
      var changed = new StringBuilder(uri);
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        changed.setCharAt(
            random.nextInt(changed.length()), alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        MasterSecret read = MasterSecret.fromKmsUri(changed.toString());
        assertEquals(read, MasterSecret.fromKmsUri(text(read.toKmsUri())));
      } catch (MalformedException | KeyException e) {
        assertFalse(e.getMessage().contains("_v7"), e.getMessage());
      }
    }
  }

  @Test
  void refusesAnEndlessUri() {
    String uri = "kms://cluster-kms?key=" + "A".repeat(20_000) + SALT;
    assertThrows(MalformedException.class, () -> MasterSecret.fromKmsUri(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kms://aws?region=r&accessKeyID=SECRET&accessKey=SECRET%2F%2B&keyName=k",
        "kms://azure?tenantID=t&clientID=c&clientSecret=SECRET&vaultName=v&vaultType=x&keyName=k",
        "kms://gcp?projectID=p&location=l&keyRing=r&credentialsPath=%2FSECRET&keyName=k",
      })
  void understandsButDoesNotServeTheCloudsKms(String uri) {
    var refusal = assertThrows(KeyException.class, () -> KeySources.open(uri));
    assertEquals(KeyException.Reason.INVALID, refusal.reason());
    assertTrue(
        refusal.getMessage().endsWith("this build serves kms://cluster-kms only"),
        refusal.getMessage());
    assertFalse(refusal.getMessage().contains("SECRET"), refusal.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "kms://aws?region=r&accessKeyID=i&accessKey=SECRET, keyName",
    "kms://gcp?projectID=p&location=l&keyRing=r&keyName=k, credentialsPath",
  })
  void saysWhatACloudsUriLacks(String uri, String missing) {
    var refusal = assertThrows(MalformedException.class, () -> KeySources.open(uri));
    assertTrue(refusal.getMessage().endsWith("parameter " + missing), refusal.getMessage());
  }

  private static Bytes bytes(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return Bytes.of(bytes);
  }

  private static String text(Secret uri) {
    return uri.use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
  }
}
