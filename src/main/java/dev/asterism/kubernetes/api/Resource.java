package dev.asterism.kubernetes.api;

import java.util.List;

/** The kinds of object asked for here, by where the API server keeps them. */
enum Resource {
  SECRETS("/api/v1/namespaces/kube-system/secrets"),
  CONFIG_MAPS("/api/v1/namespaces/kube-system/configmaps"),
  PUBLIC_CONFIG_MAPS("/api/v1/namespaces/kube-public/configmaps"),
  NODES("/api/v1/nodes"),
  SIGNING_REQUESTS("/apis/certificates.k8s.io/v1/certificatesigningrequests"),
  JOINING_NODES("/apis/update.edgeless.systems/v1alpha1/joiningnodes"),
  NODE_VERSIONS("/apis/update.edgeless.systems/v1alpha1/nodeversions"),
  NODE_ADMISSIONS("/apis/asterism.dev/v1alpha1/nodeadmissions"),
  ADMISSION_JOURNALS("/apis/asterism.dev/v1alpha1/admissionjournals"),
  AUDIT_HEADS("/apis/asterism.dev/v1alpha1/auditheads");

  private final String path;

  Resource(String path) {
    this.path = path;
  }

  /** All of them. */
  String path() {
    return path;
  }

  /** One of them; names are RFC 1123 subdomains, which need no escape. */
  String path(String name) {
    return path + "/" + name;
  }

  /** As errors call it. */
  @Override
  public String toString() {
    return List.of(path.split("/")).getLast();
  }
}
