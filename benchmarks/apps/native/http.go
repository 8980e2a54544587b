// net/http as its documentation shows it, with encoding/json.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
)

type message struct {
	Message string `json:"message"`
}

type order struct {
	Name     string   `json:"name"`
	Price    float64  `json:"price"`
	Quantity int      `json:"quantity"`
	Tags     []string `json:"tags"`
}

type total struct {
	Name  string  `json:"name"`
	Total float64 `json:"total"`
}

type item struct {
	ID    int    `json:"id"`
	Limit int    `json:"limit"`
	Q     string `json:"q"`
}

func write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

func valid(o order) bool {
	return len(o.Name) >= 1 && len(o.Name) <= 100 && o.Price > 0 && o.Quantity >= 1 && o.Quantity <= 1000 && o.Tags != nil
}

func main() {
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		write(w, message{"Hello"})
	})
	http.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		var o order
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil || !valid(o) {
			http.Error(w, "not an order", http.StatusUnprocessableEntity)
			return
		}
		write(w, total{o.Name, o.Price * float64(o.Quantity)})
	})
	http.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, idErr := strconv.Atoi(r.PathValue("id"))
		query := r.URL.Query()
		limit, limitErr := strconv.Atoi(query.Get("limit"))
		if idErr != nil || limitErr != nil {
			http.Error(w, "not a number", http.StatusUnprocessableEntity)
			return
		}
		write(w, item{id, limit, query.Get("q")})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
