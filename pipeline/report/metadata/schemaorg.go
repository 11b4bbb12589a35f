package metadata

import (
	"fmt"
	"path"
	"slices"

	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/dataset"
)

// The parts of dataset.jsonld, a Dataset of schema.org.
type (
	datasetJSON struct {
		Context     string         `json:"@context"`
		Type        string         `json:"@type"`
		Name        string         `json:"name"`
		Description string         `json:"description"`
		Identifier  string         `json:"identifier"`
		Version     string         `json:"version"`
		Free        bool           `json:"isAccessibleForFree"`
		Language    string         `json:"inLanguage"`
		Licences    []workJSON     `json:"license,omitempty"`
		Based       []workJSON     `json:"isBasedOn,omitempty"`
		Creator     workJSON       `json:"creator"`
		Citation    string         `json:"creditText"`
		Correction  []string       `json:"correction,omitempty"`
		Temporal    string         `json:"temporalCoverage,omitempty"`
		Spatial     []workJSON     `json:"spatialCoverage,omitempty"`
		Measured    []measuredJSON `json:"variableMeasured,omitempty"`
		Downloads   []downloadJSON `json:"distribution"`
	}
	workJSON struct {
		Type string `json:"@type"`
		Name string `json:"name"`
	}
	measuredJSON struct {
		Type string `json:"@type"`
		ID   string `json:"propertyID"`
		Name string `json:"name"`
		Unit string `json:"unitText,omitempty"`
	}
	downloadJSON struct {
		Type   string `json:"@type"`
		Name   string `json:"name"`
		URL    string `json:"contentUrl"`
		Format string `json:"encodingFormat"`
		Size   string `json:"contentSize"`
		SHA256 string `json:"sha256"`
	}
)

// mediaTypes are those of the files of a dataset, by their extension.
var mediaTypes = map[string]string{
	".csv": "text/csv", ".txt": "text/plain", ".parquet": "application/vnd.apache.parquet",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}

func encodeDataset(d *dataset.Dataset, files []File) []byte {
	x := datasetJSON{
		Context: "https://schema.org/", Type: "Dataset", Name: d.Title, Description: described(d), Identifier: "sha256:" + d.Digest + "/" + d.Who.String(), Version: d.ID, Free: true, Language: "en-GB",
		Creator: workJSON{"Organization", "Together We Can indicators"}, Citation: d.Citation, Correction: report.NoticeTexts(d.Notices),
	}
	for _, l := range d.Licences {
		x.Licences = append(x.Licences, workJSON{"CreativeWork", l})
	}
	for _, s := range d.Sources {
		x.Based = append(x.Based, workJSON{"CreativeWork", s.Full()})
	}
	if first, last := span(d); first != "" {
		x.Temporal = first + "/" + last
	}
	for _, i := range d.Indicators {
		x.Measured = append(x.Measured, measuredJSON{"PropertyValue", i.ID, i.Title, i.Unit})
		for _, p := range i.Populations {
			if place := (workJSON{"Place", d.Labels.Text("population", "", p)}); !slices.Contains(x.Spatial, place) {
				x.Spatial = append(x.Spatial, place)
			}
		}
	}
	for _, f := range files {
		x.Downloads = append(x.Downloads, downloadJSON{"DataDownload", f.Path, f.Path, mediaTypes[path.Ext(f.Path)], fmt.Sprintf("%d B", len(f.Data)), release.Digest(f.Data)})
	}
	return release.EncodeJSON(x)
}
