package dev.asterism.keys;

import dev.asterism.wire.MalformedException;
import java.util.Map;
import java.util.Set;

/** Where wrapped data keys are kept, as a {@code storage://} URI. */
public enum StorageUri {
  /** Nowhere: keys that are derived need no store. */
  NO_STORE;

  private static final Map<String, Set<String>> SHAPES =
      Map.of(
          "no-store", Set.of(),
          "aws", Set.of("bucket", "region", "accessKeyID", "accessKey"),
          "azure", Set.of("account", "container", "tenantID", "clientID", "clientSecret"),
          "gcp", Set.of("projectID", "bucket", "credentialsPath"));

  /**
   * Reads a storage URI.
   *
   * @throws KeyException if it names a store that this build does not serve
   * @throws MalformedException if it is no such URI; the message holds nothing of it
   */
  public static StorageUri parse(String uri) throws KeyException, MalformedException {
    QueryUri parsed = QueryUri.parse("storage_uri", "storage", SHAPES, uri);
    if (!parsed.host().equals("no-store")) {
      throw new KeyException(
          KeyException.Reason.INVALID,
          "storage://" + parsed.host() + ": this build serves storage://no-store only");
    }
    return NO_STORE;
  }
}
