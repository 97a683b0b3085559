package dev.asterism.bootstrap;

import dev.asterism.crypto.Secret;
import dev.asterism.keys.ClusterId;
import dev.asterism.keys.EmergencySshCa;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.KeySource;
import dev.asterism.keys.KeySources;
import dev.asterism.keys.StorageUri;
import dev.asterism.node.NodeStateFile;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.regex.Pattern;

/**
 * What an admin's request leads to: all keys that an init needs, so that a key source that fails
 * costs nothing.
 *
 * @param salt of the cluster id
 */
record InitOrder(Bytes salt, Bytes clusterId, Secret diskKey, EmergencySshCa sshCa)
    implements AutoCloseable {

  private static final Pattern VERSION =
      Pattern.compile("v?\\d{1,3}\\.\\d{1,3}\\.\\d{1,5}[-+.\\w]{0,64}");
  private static final Pattern CLUSTER_NAME = Pattern.compile("[A-Za-z0-9][-._A-Za-z0-9]{0,62}");
  private static final Pattern CIDR = Pattern.compile("[0-9A-Fa-f.:]{2,45}/\\d{1,3}");
  private static final Pattern SAN = Pattern.compile("[A-Za-z0-9*_.:-]{1,253}");

  /**
   * Checks the request and asks the key source it names.
   *
   * @param diskUuid of this node's state disk
   * @throws MalformedException naming the field that is wrong
   * @throws KeyException if the key source does not give what is needed
   */
  static InitOrder of(InitRequest request, String diskUuid)
      throws MalformedException, KeyException {
    Bytes salt = Texts.bytes(request.getMeasurementSalt());
    if (salt.length() != NodeStateFile.SALT_LENGTH) {
      throw new MalformedException(
          "measurement_salt",
          "has " + salt.length() + " bytes, must have " + NodeStateFile.SALT_LENGTH);
    }
    // These become arguments and configuration of other programs.
    matches("kubernetes_version", VERSION, request.getKubernetesVersion());
    matchesOrEmpty("cluster_name", CLUSTER_NAME, request.getClusterName());
    matchesOrEmpty("service_cidr", CIDR, request.getServiceCidr());
    for (String name : request.getApiserverCertSansList()) {
      matches("apiserver_cert_sans", SAN, name);
    }
    StorageUri _ = StorageUri.parse(request.getStorageUri());
    KeySource keys = KeySources.open(request.getKmsUri());
    try (Secret measurementSecret = keys.dataKey(KeyIds.MEASUREMENT_SECRET, KeyIds.LENGTH)) {
      return new InitOrder(
          salt,
          ClusterId.derive(measurementSecret, salt),
          keys.dataKey(KeyIds.stateDisk(diskUuid), KeyIds.LENGTH),
          EmergencySshCa.of(keys));
    }
  }

  /** Admins of older versions do not send all of them. */
  private static void matchesOrEmpty(String field, Pattern form, String text)
      throws MalformedException {
    if (!text.isEmpty()) {
      matches(field, form, text);
    }
  }

  private static void matches(String field, Pattern form, String text) throws MalformedException {
    if (!form.matcher(text).matches()) {
      throw new MalformedException(
          field, text.isEmpty() ? "is missing" : "does not have the form it must have");
    }
  }

  /** Zeroes the keys. */
  @Override
  public void close() {
    diskKey.close();
    sshCa.close();
  }

  @Override
  public String toString() {
    return "InitOrder(cluster " + clusterId + ")";
  }
}
