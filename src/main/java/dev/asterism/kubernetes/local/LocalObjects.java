package dev.asterism.kubernetes.local;

import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.kubernetes.api.ApiAdmissions;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.api.Manifests;
import dev.asterism.kubernetes.api.ObjectKinds;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Puts into a new API server what kubeadm, an admin and the founder of a cluster put there. */
public final class LocalObjects {
  private static final String KUBEADM = "kubeadm.json";

  private final ApiServer server;
  private final Manifests manifests;

  /**
   * @param server as an admin
   */
  public LocalObjects(ApiServer server) {
    this.server = server;
    this.manifests = new Manifests(server);
  }

  /**
   * Roles of joining nodes, what they look for, and our kinds of object.
   *
   * @param endpoint the API server, {@code host:port}
   * @param authority the cluster's CA, PEM
   */
  public void builtIn(String endpoint, String authority) throws IOException {
    try (InputStream in = LocalObjects.class.getResourceAsStream(KUBEADM)) {
      if (in == null) {
        throw new FileNotFoundException(KUBEADM + " is not in this build");
      }
      manifests.apply(object(KUBEADM, in.readAllBytes()));
    }
    ObjectKinds.OURS.apply(manifests);
    ObjectKinds.OLD.apply(manifests);
    ObjectNode info = Json.newObject();
    info.put("apiVersion", "v1").put("kind", "ConfigMap");
    info.putObject("metadata").put("name", "cluster-info").put("namespace", "kube-public");
    try {
      info.putObject("data")
          .put(
              "kubeconfig",
              Kubeconfig.clusterInfo(endpoint, Pem.certificates("ca.crt", authority).getFirst()));
    } catch (MalformedException e) {
      throw new IOException(e.getMessage(), e);
    }
    manifests.apply(info);
  }

  /**
   * What init recorded in files, as objects: versions, components, configuration, and who the
   * founder is.
   *
   * @param objects where stand-ins keep objects
   */
  public void founding(Path objects) throws IOException {
    for (Path file : files(objects.resolve("configmaps"))) {
      ObjectNode map = object(file.toString(), Files.readAllBytes(file));
      map.withObject("/metadata").put("namespace", "kube-system");
      manifests.apply(map);
    }
    for (Path file : files(objects.resolve("nodeversions"))) {
      manifests.apply(object(file.toString(), Files.readAllBytes(file)));
    }
    var admissions = new ApiAdmissions(server);
    for (Path file : files(objects.resolve("nodeadmissions"))) {
      AdmissionRecord record = record(file);
      var _ =
          admissions.<String, IOException>change(
              all -> new Change<>("", Optional.of(record), List.of()));
    }
  }

  private static AdmissionRecord record(Path file) throws IOException {
    try {
      return AdmissionRecord.fromJson(object(file.toString(), Files.readAllBytes(file)));
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static ObjectNode object(String name, byte[] json) throws IOException {
    try {
      return Json.object(name, Bytes.of(json));
    } catch (MalformedException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }
}
