package dev.asterism.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageUriTest {
  @ParameterizedTest
  @ValueSource(strings = {"storage://no-store", "storage://no-store?"})
  void takesNoStore(String uri) throws Exception {
    assertEquals(StorageUri.NO_STORE, StorageUri.parse(uri));
  }

  @Test
  void understandsButDoesNotServeTheCloudsStores() {
    String uri = "storage://aws?bucket=b&region=r&accessKeyID=i&accessKey=SECRET";
    var refusal = assertThrows(KeyException.class, () -> StorageUri.parse(uri));
    assertEquals("storage://aws: this build serves storage://no-store only", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no-store",
        "kms://no-store",
        "storage://no-store/",
        "storage://no-store?SECRET=1",
        "storage://SECRET",
        "storage://gcp?projectID=p&bucket=b",
      })
  void refusesWhatIsNoStorageUri(String uri) {
    var refusal = assertThrows(MalformedException.class, () -> StorageUri.parse(uri));
    assertEquals("storage_uri", refusal.field());
    assertFalse(refusal.getMessage().contains("SECRET"), refusal.getMessage());
  }
}
